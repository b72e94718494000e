$p = @{ TaskName = 'S'; Force = $true }
$t = New-ScheduledTaskTrigger -Once -At '2026-11-24' -RepetitionInterval (New-TimeSpan -Minutes 5)
$s = New-ScheduledTaskSettingsSet -Hidden -ExecutionTimeLimit 01:00:00
New-ScheduledTaskAction -Execute "$env:TEMP\a.exe" -Argument ('-x {0}' -f 1) |
  % { Register-ScheduledTask @p -Action $_ -Trigger $t -Settings $s -CimSession srv1 }
Get-ScheduledTask S | Disable-ScheduledTask; Unregister-ScheduledTask S -Confirm:$false
