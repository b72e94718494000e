function go { param([string]$n = 'x', [switch]$f) if ($f) { schtasks /run /tn $n } else { return } }
try { go -n 'a' -f } catch [Exception] { throw } finally { $i++ }
foreach ($h in 'a','b') { Invoke-Command -ComputerName $h { param($x) Start-ScheduledTask $x } -Args 1 }
switch ($x) { 'a' { break } default { exit } }
for ($i = 0; $i -lt 3; $i++) { continue }; do { $a += 1,2 } while ($a)
@'
text
'@ | iex; @"
$a $($b.c(1)[2]) ${env:x} `n
"@ > $null 2>&1
