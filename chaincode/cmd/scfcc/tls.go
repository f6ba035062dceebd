package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
)

// properties reads the TLS settings. Running without TLS must be asked for in so
// many words: the service answers whoever reaches its port.
func properties(env func(string) string) (shim.TLSProperties, error) {
	switch env("CHAINCODE_TLS") {
	case "off":
		return shim.TLSProperties{Disabled: true}, nil
	case "", "on":
	default:
		return shim.TLSProperties{}, errors.New(`CHAINCODE_TLS is neither "on" nor "off"`)
	}
	var p shim.TLSProperties
	for _, file := range []struct {
		setting string
		into    *[]byte
	}{
		{"CHAINCODE_TLS_KEY", &p.Key},
		{"CHAINCODE_TLS_CERT", &p.Cert},
		{"CHAINCODE_CLIENT_CA_CERT", &p.ClientCACerts},
	} {
		text, err := os.ReadFile(env(file.setting))
		if err != nil {
			return shim.TLSProperties{}, fmt.Errorf("read %s: %w", file.setting, err)
		}
		*file.into = text
	}
	return p, nil
}
