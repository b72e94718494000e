#!/bin/sh
# A capture that ends anywhere says what was complete until then.
root=${srcdir:-.}
set -- "$root"/pcaps/*.pcap --opened
for name in 02_krb_spnego_privacy_aes256_samba 02_tcp_privacy_win_nohdrsign_ndr32 \
    03_krb_files_enc302_aes 03_smbd_atexec_nt1 03_smbd_atexec_enc300 04_at_smb2_sealed \
    06_winrm_ntlm_enc_pypsrp_psrp 06_winrm_tls13_ntlm_pypsrp 06_winrm_credssp_tls13; do
	set -- "$@" "$root/pcaps/$name.pcap"
done
exec "${PYTHON:-python3}" "$root/tests/scripts/truncate.py" "${SCHEDWIRE:-./schedwire}" "$@"
