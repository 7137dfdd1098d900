// Says of each host name whether Go trusts the server on a port by a CA.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
)

func main() {
	pem, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		panic("Go cannot read the CA")
	}
	for _, name := range os.Args[3:] {
		connection, err := tls.Dial("tcp", "127.0.0.1:"+os.Args[2], &tls.Config{RootCAs: pool, ServerName: name})
		if err != nil {
			fmt.Println("refuses", name, err)
			continue
		}
		fmt.Println("trusts", name)
		connection.Close()
	}
}
