#include "unit/facts.h"

#include "detect/taskname.h"

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
static const char hex[] = "0123456789abcdef";

/* Names as tools draw them: n characters of the first of an alphabet. */
static const struct drawn {
	const char	*before, *alphabet;
	size_t		 of, n;
	double		 least;		/* the share that must be found */
} drawn[] = {
	{ "\\", letters, 52, 8, 0.95 },		/* impacket, NetExec */
	{ "\\", letters, 52, 6, 0.85 },
	{ "\\", letters, 52, 12, 0.95 },
	{ "\\", letters, 26, 6, 0.80 },
	{ "\\", letters, 26, 8, 0.90 },
	{ "\\", letters, 26, 12, 0.95 },
	{ "\\", letters, 26, 16, 0.98 },
	{ "\\", letters + 26, 26, 8, 0.95 },
	{ "\\", letters, 62, 8, 0.95 },
	{ "\\", letters, 62, 12, 0.98 },
	{ "\\", hex, 16, 8, 0.95 },
	{ "\\", hex, 16, 32, 0.99 },
	{ "TASK_", hex, 16, 8, 0.95 },		/* pyGPOAbuse */
	{ "\\Microsoft\\Windows\\", letters, 52, 8, 0.95 },
};

static uint32_t
draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint32_t)(*state >> 32);
}

static void
drawn_names_are_found(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (size_t i = 0; i < nitems(drawn); i++) {
		const struct drawn *d = &drawn[i];
		size_t found = 0, tries = 10000, at = strlen(d->before);
		char name[64];

		memcpy(name, d->before, at);
		for (size_t t = 0; t < tries; t++) {
			for (size_t c = 0; c < d->n; c++)
				name[at + c] = d->alphabet[draw(&seed) % d->of];
			found += taskname_random((struct view){ (const uint8_t *)name, at + d->n });
		}
		if ((double)found < d->least * (double)tries)
			fail_msg("%zu of %zu, %s and %zu of %zu", found, tries, d->before, d->n, d->of);
	}
}

static const char *const random_names[] = {
	"\\kQzWvTbX", "wqzxkvjp", "\\Folder\\xKqPzRtW", "TASK_9f1c04be", "Update_qxzvkwjh",
	"svc-x9K2mQ7pLw", "0f3e9a7c1b5d", "QZXJKVWP", "xqzkvwjpTask",
};

static const char *const real_names[] = {
	"", "\\", "\\\\", "a", "At1",
	"OneDrive Standalone Update Task-S-1-5-21-3623811015-3361044348-30300820-1013",
	"OneDrive Reporting Task-S-1-5-21-3623811015-3361044348-30300820-1013",
	"GoogleUpdateTaskMachineCore",
	"GoogleUpdateTaskMachineUA{7B5C3F0E-2D1A-4B6C-9E8F-0A1B2C3D4E5F}",
	"GoogleUpdateTaskMachineCore1d7a0c2f1b3e4d5",
	"GoogleUpdaterTaskSystem134.0.6985.0{0F9E8D7C-6B5A-4938-8271-605F4E3D2C1B}",
	"MicrosoftEdgeUpdateTaskMachineUA", "BraveSoftwareUpdateTaskMachineUA", "ccmeval",
	"npcapwatchdog", "\\Microsoft\\Windows\\SvcRestartTask", "WsusCleanup", "PMPC",
	"DOScript", "HPSA", "HPCeeScheduleForJSMITH", "RtHDVBg_PushButton", "SynTP",
	"AMDLinkUpdate", "NVDisplay",
	"NvTmRep_CrashReport1_{B2FE1952-0186-46C3-BAEC-A80AA35AC5B8}",
	"NvBatteryBoostCheckOnLogon", "IntelSURQC-Upgrade-86621605", "SQLBackup", "KMSpico",
	"KMSAutoNet", "MapsToastTask", "Firefox Default Browser Agent 308046B0AF4A39CB",
	"Firefox Background Update E7CF176E110C211B",
	"Opera scheduled Autoupdate 1612345678",
	"DropboxUpdateTaskUserS-1-5-21-1-2-3-1001Core", "Adobe Acrobat Update Task",
	"AdobeGCInvoker-1.0", "CCleanerSkipUAC - jsmith",
	"ZoomUpdateTaskUser-S-1-5-21-1-2-3-1001", "Intel PTT EK Recertification",
	"Dell SupportAssistAgent AutoUpdate", "Lenovo Vantage Schedule", "TVTSchedule",
	"ASUS Optimization 36D18D69AFC3", "MATLAB R2023b Startup Accelerator",
	"klcp_update", "MySQLNotifierTask",
	"User_Feed_Synchronization-{87B814C1-CCB9-4FA2-8B36-7914DEC60311}",
	"{A7719E0F-10DB-4640-AD8C-490CC6AD5202}", "Backup SRV-DC01",
	"Backup DESKTOP-7XQ2K9Z", "WIN-8KQ3ZXV7P2J Backup", "Reboot KB5034441",
	"Sync-2024-11-03_0200", "T\xc3\xa4gliche Sicherung", "Datensicherung",
	"T\xc3\xa2" "che planifi\xc3\xa9" "e", "Limpieza semanal", "Aktualizacja bazy",
	"\xd0\xa0\xd0\xb5\xd0\xb7\xd0\xb5\xd1\x80\xd0\xb2\xd0\xbd\xd0\xb0\xd1\x8f",
	"\xe5\x82\x99\xe4\xbb\xbd", "WSUSOffline", "VeeamAgentBackup",
	"vSphere-Snapshot-Cleanup", "LetsEncryptRenew",
	"win-acme renew (acme-v02.api.letsencrypt.org)", "DNS_Scavenge",
	"ADReplicationCheck", "nightly_etl_load", "sqlmaint", "gpupdate_all",
	"IISLogRotate", "PRTG_Probe_Restart", "XMLExport", "CrystalDiskInfo",
	"MSIAfterburner", "RTSS", "StartAUEP", "LGHUBUpdater", "NIUpdateServiceStartupTask",
	"ShadowCopyVolume", "SophosUpdate", "EPSON XP-4100 Series Update",
	"Printer_HP_LaserJet_M402dn", "xbgm", "MRT_HB", "Sqm-Tasks", "UUS Failover Task",
};

static void
names_of_both_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(random_names); i++)
		if (!taskname_random(view_str(random_names[i])))
			fail_msg("%s: not found", random_names[i]);
	for (size_t i = 0; i < nitems(real_names); i++)
		if (taskname_random(view_str(real_names[i])))
			fail_msg("%s: found", real_names[i]);
}

static void
every_truncation_is_safe(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(real_names); i++)
		for (size_t n = 0; n < strlen(real_names[i]); n++) {
			uint8_t *cut = test_malloc(n + (n == 0));

			memcpy(cut, real_names[i], n);
			taskname_random((struct view){ cut, n });
			test_free(cut);
		}
}

static void
a_long_name_is_cut(void **state)
{
	size_t n = 1u << 20;
	char *name = test_malloc(n);

	(void)state;
	memset(name, 'q', n);
	assert_true(taskname_random((struct view){ (const uint8_t *)name, n }));
	memset(name, '-', n);
	assert_false(taskname_random((struct view){ (const uint8_t *)name, n }));
	assert_false(taskname_random((struct view){ NULL, 0 }));
	test_free(name);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drawn_names_are_found),
		cmocka_unit_test(names_of_both_kinds),
		cmocka_unit_test(every_truncation_is_safe),
		cmocka_unit_test(a_long_name_is_cut),
	};

	return cmocka_run_group_tests_name("taskname", tests, NULL, NULL);
}
