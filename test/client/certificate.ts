// A certificate for 127.0.0.1 and localhost that no machine trusts and that protects nothing: servers of tests use it.
// openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj "/CN=test only" \\
//   -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" -keyout key.pem -out cert.pem
export const certificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgh+q3INK1P4sWtUHs
GPg5+lphRKaBaHCnys4tXVu5CJGhRANCAASA5Kn1BPkrIa8x2iNWiG70xeVbyzRn
olj/L2T27gm0Q3T+Ky3nWsdU0DKbdd7iR7TPhGhr5bNsZLLWNPTPcP6W
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUEopncA6n1vbAvyVLJQVvohgBKOgwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJdGVzdCBvbmx5MCAXDTI2MTEyMjE3MjMyOFoYDzIxMjYxMDI5
MTcyMzI4WjAUMRIwEAYDVQQDDAl0ZXN0IG9ubHkwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASA5Kn1BPkrIa8x2iNWiG70xeVbyzRnolj/L2T27gm0Q3T+Ky3nWsdU
0DKbdd7iR7TPhGhr5bNsZLLWNPTPcP6Wo28wbTAdBgNVHQ4EFgQUHP6429h2VSMW
QMyKlaRKpDq9tVIwHwYDVR0jBBgwFoAUHP6429h2VSMWQMyKlaRKpDq9tVIwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgWSNo82BbTlkgt5vnoJbJqARgSIICd974s7B7Y9tVMP4CIAxz
Fc+eSGvolfvucv1/tSbVBZLL1kcZ580+z56Hk4PP
-----END CERTIFICATE-----
`,
};
