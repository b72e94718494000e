/* soap.h -- for tests: envelopes of WS-Management, as clients and servers write them. */
#ifndef WIRE_SOAP_H
#define WIRE_SOAP_H

#define SOAP_NS \
	" xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"" \
	" xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"" \
	" xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"" \
	" xmlns:x=\"http://schemas.xmlsoap.org/ws/2004/09/transfer\"" \
	" xmlns:rsp=\"http://schemas.microsoft.com/wbem/wsman/1/windows/shell\""
#define ENVELOPE(header, body) \
	"<s:Envelope" SOAP_NS "><s:Header>" header "</s:Header><s:Body>" body "</s:Body></s:Envelope>"

#define URI_CMD		"http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd"
#define URI_POWERSHELL	"http://schemas.microsoft.com/powershell/Microsoft.PowerShell"
#define URI_SHELL	"http://schemas.microsoft.com/wbem/wsman/1/windows/shell/"
#define URI_TRANSFER	"http://schemas.xmlsoap.org/ws/2004/09/transfer/"

/* A request: its MessageID is a number; shell may be "". */
#define ASK(action, id, resource, more, body) ENVELOPE( \
	"<a:Action>" action "</a:Action><a:MessageID>uuid:" id "</a:MessageID>" \
	"<w:ResourceURI>" resource "</w:ResourceURI>" more, body)
#define IN_SHELL(shell) \
	"<w:SelectorSet><w:Selector Name=\"ShellId\">" shell "</w:Selector></w:SelectorSet>"
#define TELL(action, id, body) ENVELOPE( \
	"<a:Action>" action "Response</a:Action><a:RelatesTo>uuid:" id "</a:RelatesTo>", body)

#define CREATE(id, resource, body) ASK(URI_TRANSFER "Create", id, resource, "", body)
#define CREATED(id, shell) TELL(URI_TRANSFER "Create", id, \
	"<x:ResourceCreated><a:ReferenceParameters>" IN_SHELL(shell) \
	"</a:ReferenceParameters></x:ResourceCreated>")
#define COMMAND(id, resource, shell, options, line) ASK(URI_SHELL "Command", id, resource, \
	IN_SHELL(shell) options, line)
#define STARTED(id, command) TELL(URI_SHELL "Command", id, \
	"<rsp:CommandResponse><rsp:CommandId>" command "</rsp:CommandId></rsp:CommandResponse>")
#define SEND(id, resource, shell, streams) ASK(URI_SHELL "Send", id, resource, \
	IN_SHELL(shell), "<rsp:Send>" streams "</rsp:Send>")
#define STREAM(name, command, base64) \
	"<rsp:Stream Name=\"" name "\" CommandId=\"" command "\">" base64 "</rsp:Stream>"
#define SENT(id) TELL(URI_SHELL "Send", id, "<rsp:SendResponse/>")
#define RECEIVE(id, resource, shell, command) ASK(URI_SHELL "Receive", id, resource, \
	IN_SHELL(shell), "<rsp:Receive><rsp:DesiredStream CommandId=\"" command "\">" \
	"stdout stderr</rsp:DesiredStream></rsp:Receive>")
#define RECEIVED(id, body) TELL(URI_SHELL "Receive", id, \
	"<rsp:ReceiveResponse>" body "</rsp:ReceiveResponse>")
#define DONE(command, exit) "<rsp:CommandState CommandId=\"" command "\" State=\"" \
	URI_SHELL "CommandState/Done\"><rsp:ExitCode>" exit "</rsp:ExitCode></rsp:CommandState>"
#define SIGNAL(id, resource, shell, command) ASK(URI_SHELL "Signal", id, resource, \
	IN_SHELL(shell), "<rsp:Signal CommandId=\"" command "\"><rsp:Code>" URI_SHELL \
	"signal/terminate</rsp:Code></rsp:Signal>")
#define SIGNALLED(id) TELL(URI_SHELL "Signal", id, "<rsp:SignalResponse/>")
#define DELETE(id, resource, shell) ASK(URI_TRANSFER "Delete", id, resource, IN_SHELL(shell), "")
#define DELETED(id) TELL(URI_TRANSFER "Delete", id, "")
#define FAULT(id, code) ENVELOPE( \
	"<a:RelatesTo>uuid:" id "</a:RelatesTo>", "<s:Fault><s:Code><s:Value>s:Sender</s:Value>" \
	"</s:Code><s:Detail><f:WSManFault " \
	"xmlns:f=\"http://schemas.microsoft.com/wbem/wsman/1/wsmanfault\" Code=\"" code "\"/>" \
	"</s:Detail></s:Fault>")

#endif
