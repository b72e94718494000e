Register-ScheduledTask –TaskName ‘a’ `
 -Xml "<Task><Actions/></Task>" # x
<# y #> cmd --% /c x "y