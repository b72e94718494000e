#!/bin/sh
# Packets that the sensor did not get make it say less, never anything else.
root=${srcdir:-.}
set --
for name in 01_atexec_old_curl 01_atexec_old_smb1 02_tcp_none_imp 02_tcp_packet_samba_ntlm \
    02_tcp_privacy_win_ntlm_ndr64 02_krb_privacy_aes256_win_ndr64 03_smbd_files_nt1 \
    04_at_smb2_clear 07_compound_files_311 07_compound_pipe_clear 07_np_samba_smb1_clear \
    07_np_samba_smb311_seal_spnego 06_winrm_basic_plain_pywinrm; do
	set -- "$@" "$root/pcaps/$name.pcap"
done
set -- "$@" --opened
for name in 02_krb_privacy_aes256_imp 02_tcp_privacy_win_ntlm_ndr64 03_smbd_atexec_smb202 \
    03_smbd_atexec_enc_required 03_smbd_files_enc311_ccm128 06_winrm_ntlm_enc_pywinrm \
    06_winrm_krb_aes256_winrs 06_winrm_spnego_ntlm_enc_pypsrp_psrp \
    06_winrm_tls12_rsa_basic_pypsrp 06_winrm_tls13_ntlm_pypsrp \
    06_winrm_credssp_tls12 06_winrm_credssp_tls13; do
	set -- "$@" "$root/pcaps/$name.pcap"
done
exec "${PYTHON:-python3}" "$root/tests/scripts/loss.py" "${SCHEDWIRE:-./schedwire}" "$@"
