package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// The fields are those of Fabric's external builder for chaincode services.
func TestSamplesAreWhatAPeerReads(t *testing.T) {
	var connection struct {
		Address     string `json:"address"`
		DialTimeout string `json:"dial_timeout"`
		TLS         bool   `json:"tls_required"`
		ClientAuth  bool   `json:"client_auth_required"`
		ClientKey   string `json:"client_key"`
		ClientCert  string `json:"client_cert"`
		RootCert    string `json:"root_cert"`
	}
	var metadata struct {
		Type  string `json:"type"`
		Label string `json:"label"`
	}
	for name, into := range map[string]any{"connection.json": &connection, "metadata.json": &metadata} {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		decoder := json.NewDecoder(file)
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(into); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if connection.Address == "" || !connection.TLS || !connection.ClientAuth || metadata.Type != "ccaas" {
		t.Errorf("%+v %+v", connection, metadata)
	}
}

func TestSettings(t *testing.T) {
	for _, test := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{}, "CHAINCODE_TLS_KEY"},
		{map[string]string{"CHAINCODE_TLS": "no"}, `neither "on" nor "off"`},
		{map[string]string{"CHAINCODE_TLS": "off"}, "ccid must be specified"},
		{map[string]string{"CHAINCODE_TLS": "off", "CHAINCODE_ID": "tierledger_1:00"}, "address must be specified"},
	} {
		err := serve(func(name string) string { return test.env[name] })
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: %v, want %s", test.env, err, test.want)
		}
	}
}
