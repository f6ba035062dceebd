package console_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/envelope"
	"github.com/tierledger/tierledger/crypto/jws"
	"github.com/tierledger/tierledger/crypto/keystore"
)

// madeFile holds what the console's library sealed and signed.
const madeFile = "web/src/lib/made.json"

type madeVectors struct {
	File        string `json:"file"`
	Encryption  string `json:"encryptionFile"`
	Passphrase  string `json:"passphrase"`
	KeyID       string `json:"kid"`
	Possession  []byte `json:"possession"`
	Transaction string `json:"transaction"`
	Token       string `json:"token"`
	Sealed      []byte `json:"sealed"`
	Account     struct {
		Commitment record.Digest `json:"commitment"`
		Sealed     []byte        `json:"sealed"`
	} `json:"account"`
	Quote struct {
		Seal   record.Digest `json:"seal"`
		Sealed []byte        `json:"sealed"`
	} `json:"quote"`
}

// TestMade reads what the console made as the ledger, a node and the command line read
// it: key file, proof of possession, transaction, login token and sealed documents.
func TestMade(t *testing.T) {
	text, err := os.ReadFile(filepath.FromSlash(madeFile))
	if err != nil {
		t.Fatal(err)
	}
	var made madeVectors
	if err := json.Unmarshal(text, &made, json.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	v := readVectors(t)
	facts := v.Keys[0]
	private, err := keystore.Open([]byte(made.File), made.Passphrase)
	if err != nil {
		t.Fatal(err)
	}
	key := private.Public()
	if key.ID().String() != made.KeyID {
		t.Errorf("the key file holds %s, want %s", key.ID(), made.KeyID)
	}
	if err := credential.VerifyPossession(key, facts.Network, facts.Member, facts.Person, made.Possession); err != nil {
		t.Error(err)
	}
	tx, err := jws.ParseTransaction([]byte(made.Transaction), record.MaxTransactionBytes)
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.Verify(key); err != nil || string(tx.Argument) != facts.Payload.Argument || tx.Function != facts.Payload.Function {
		t.Errorf("the transaction reads as %s %s, %v", tx.Function, tx.Argument, err)
	}
	token, err := jws.ParseLogin([]byte(made.Token))
	if err != nil {
		t.Fatal(err)
	}
	login := facts.Login
	want := jws.Request{
		Network: facts.Network, Node: login.Node, Method: login.Method, Path: login.Path, BodySHA256: jws.BodyDigest([]byte(login.Body)),
	}
	if err := token.Verify(key, want, login.IssuedAt); err != nil {
		t.Error(err)
	}
	openMade(t, &made, &v)
}

func openMade(t *testing.T, made *madeVectors, v *vectors) {
	t.Helper()
	key := envelopeKey(t, v)
	if opened, err := keystore.OpenEncryption([]byte(made.Encryption), made.Passphrase); err != nil || opened.Public().ID() != key.Public().ID() {
		t.Errorf("the encryption key's file holds %s, %v", opened, err)
	}
	plaintext, err := envelope.Open(made.Sealed, []byte(v.Envelope.Context), key)
	if err != nil || string(plaintext) != v.Envelope.Plaintext {
		t.Errorf("the sealed document opens as %q, %v", plaintext, err)
	}
	context := []byte("tierledger account " + vectorMember + "/main")
	account, _, err := envelope.OpenCommitted(made.Account.Sealed, context, key, made.Account.Commitment)
	if err != nil || string(account) != `{"number":"6222","name":"华光"}` {
		t.Errorf("the sealed account opens as %q, %v", account, err)
	}
	text, err := envelope.Open(made.Quote.Sealed, financing.SealContext(vectorNetwork, vectorFinancing, vectorBank), key)
	if err != nil {
		t.Fatal(err)
	}
	var quote financing.Opened
	if err := json.Unmarshal(text, &quote, json.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	seal := financing.SealOf(vectorFinancing, vectorBank, quote.Salt, quote.Terms)
	if seal != made.Quote.Seal || quote.Terms != sampleTerms() {
		t.Errorf("the sealed quote says %+v with seal %s, want seal %s", quote.Terms, seal, made.Quote.Seal)
	}
}
