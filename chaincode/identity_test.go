package chaincode

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"google.golang.org/protobuf/proto"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/stub"
)

// serialized is an identity as a Fabric peer hands it over.
func serialized(t *testing.T, kind string, der []byte) []byte {
	t.Helper()
	creator, err := proto.Marshal(&msp.SerializedIdentity{
		Mspid: "BankMSP", IdBytes: pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return creator
}

func TestFabricIdentitiesAreTheirKeys(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "maker"},
		NotBefore: morning(), NotAfter: morning().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	want := caller{key: record.Digest(sha256.Sum256(spki))}
	for kind, bytes := range map[string][]byte{"CERTIFICATE": der, "PUBLIC KEY": spki} {
		if got, err := parseCreator(serialized(t, kind, bytes)); err != nil || got != want {
			t.Errorf("%s: %v, %v", kind, got, err)
		}
	}
	for kind, bytes := range map[string][]byte{"CERTIFICATE": der[:40], "EC PRIVATE KEY": spki} {
		if _, err := parseCreator(serialized(t, kind, bytes)); !code.UnknownCredential.Is(err) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// A person signs with the same key on both kinds of network.
func TestCallFromAFabricPeer(t *testing.T) {
	call := newStub(t, newState(t), "maker", "credit:SetGroup", `{"id":"G1","cap":"100.00"}`)
	call.creator = serialized(t, "PUBLIC KEY", privateKey(t, "alpha/maker").Public().SPKI())
	if r := newChaincode(t).Invoke(call); r.GetStatus() != 200 {
		t.Error(r.GetMessage())
	}
}

func TestCreatorsAreThoseOfTheLedgersStub(t *testing.T) {
	if keyCreator != stub.CallerPrefix || systemCreator != stub.SystemCaller {
		t.Errorf("the stub says %q and %q", stub.CallerPrefix, stub.SystemCaller)
	}
}
