#!/bin/sh
# The same bytes, sent otherwise, give the same events.  Captures that lack
# packets are left out: what is missing there may depend on how it arrives.  So
# are those in disorder: a segment that is two places late, cut to bytes, is
# thousands of packets late.
root=${srcdir:-.}
set --
for f in "$root"/pcaps/*.pcap; do
	case $f in
	*_gap_*|*_loss3_*|*_midstream_*|*_oneway_*|*_loss5dup5*|*_reorder_*) ;;
	*) set -- "$@" "$f" ;;
	esac
done
set -- "$@" --opened
for name in 01_atexec_old_curl 02_krb_privacy_aes256_imp 02_tcp_privacy_win_ntlm_ndr64 \
    03_krb_files_enc311 03_smbd_atexec_enc300 07_np_samba_smb311_seal_spnego \
    06_winrm_krb_negotiate_aes256_psrp 06_winrm_ntlm_enc_pypsrp_winrs \
    06_winrm_tls12_rsa_basic_pypsrp 06_winrm_tls13_ntlm_pypsrp; do
	set -- "$@" "$root/pcaps/$name.pcap"
done
exec "${PYTHON:-python3}" "$root/tests/scripts/reshape.py" "${SCHEDWIRE:-./schedwire}" "$@"
