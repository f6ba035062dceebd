package console_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tierledger/tierledger/chaincode"
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/envelope"
	"github.com/tierledger/tierledger/crypto/jws"
	"github.com/tierledger/tierledger/crypto/keystore"
)

var update = flag.Bool("update", false, "write the vectors that the console's own tests read")

// vectorsFile holds what this program computed and the console must compute alike.
const vectorsFile = "web/src/lib/vectors.json"

const (
	vectorNetwork   = "vector-net"
	vectorMember    = "91330100000869877P"
	vectorBank      = "91330100014163393E"
	vectorPerson    = "maker"
	vectorFinancing = "z2cbm3gpdqbq2ryx"
	vectorPassword  = "correct horse 电池"
)

// vectors are the facts that both sides share. Every one is a pure function of what
// stands beside it, so that the file stays the same, but for the sealed ones, which
// are drawn once and only opened afterwards.
type vectors struct {
	Keys         []keyVector      `json:"keys"`
	Envelope     envelopeVector   `json:"envelope"`
	Quote        quoteVector      `json:"quote"`
	Certificates []numberVector   `json:"certificates"`
	LEIs         []string         `json:"leis"`
	Amounts      []amountVector   `json:"amounts"`
	Costs        []costVector     `json:"costs"`
	Payoffs      []payoffVector   `json:"payoffs"`
	Discounts    []discountVector `json:"discounts"`
	Months       []monthVector    `json:"months"`
	Pairings     []pairingVector  `json:"pairings"`
	Functions    []functionVector `json:"functions"`
}

// keyVector is a key file with what its key signs. An ES256 signature of a browser
// has other bytes each time; the console verifies these instead of making them.
type keyVector struct {
	Algorithm   string       `json:"algorithm"`
	File        string       `json:"file"`
	Passphrase  string       `json:"passphrase"`
	KeyID       string       `json:"kid"`
	Network     string       `json:"network"`
	Member      string       `json:"member"`
	Person      string       `json:"person"`
	Message     string       `json:"possessionMessage"` // base64
	Possession  string       `json:"possession"`        // base64
	Payload     payloadFacts `json:"payload"`
	Transaction string       `json:"transaction"`
	ID          string       `json:"id"`
	Login       loginFacts   `json:"login"`
	Token       string       `json:"token"`
}

type payloadFacts struct {
	Function string `json:"function"`
	Argument string `json:"argument"`
	Nonce    string `json:"nonce"`
	Expires  int64  `json:"expires"`
}

type loginFacts struct {
	Node     string `json:"node"`
	Method   string `json:"method"`
	Path     string `json:"path"`
	Body     string `json:"body"`
	IssuedAt int64  `json:"iat"`
	ID       string `json:"jti"`
}

type envelopeVector struct {
	Seed       string `json:"seed"`   // base64, made for this file alone
	Public     string `json:"public"` // base64
	KeyID      string `json:"id"`
	Context    string `json:"context"`
	Plaintext  string `json:"plaintext"`
	Sealed     string `json:"sealed"` // base64, for this key and another
	Other      string `json:"other"`  // id of the other recipient
	Committed  string `json:"committed"`
	Commitment string `json:"commitment"`
	Salt       string `json:"salt"`
}

type quoteVector struct {
	Network   string       `json:"network"`
	Financing string       `json:"financing"`
	Bank      string       `json:"bank"`
	Salt      string       `json:"salt"`
	Terms     record.Terms `json:"terms"`
	Seal      string       `json:"seal"`
	Sealed    string       `json:"sealed"` // base64, to the key of the envelope
}

type numberVector struct {
	Debtor   string `json:"debtor"`
	Issued   string `json:"issued"`
	Sequence int    `json:"sequence"`
	Number   string `json:"number"`
}

type amountVector struct {
	Amount  string `json:"amount"`
	Human   string `json:"human"`
	Capital string `json:"capital"`
}

type part struct {
	Amount  money.Fen     `json:"amount"`
	Payment calendar.Date `json:"payment"`
}

// costVector is what terms come to, or the code with which they are refused.
type costVector struct {
	Terms record.Terms `json:"terms"`
	Parts []part       `json:"parts"`
	Cost  *record.Cost `json:"cost,omitempty"`
	Fault bool         `json:"fault"`
}

type payoffVector struct {
	Of     int           `json:"of"` // place in costs
	Day    calendar.Date `json:"day"`
	Amount money.Fen     `json:"amount"`
	Earned money.Fen     `json:"earned"`
	Refund money.Fen     `json:"debtorRefund"`
}

type discountVector struct {
	Rate      money.Rate    `json:"rate"`
	Basis     int32         `json:"basis"`
	ValueDate calendar.Date `json:"valueDate"`
	Parts     []part        `json:"parts"`
	Amount    money.Fen     `json:"amount"`
}

type monthVector struct {
	From   calendar.Date `json:"from"`
	Months int           `json:"months"`
	To     calendar.Date `json:"to"`
}

// pairingVector is the code over the keys of this file, with or without the key for
// documents.
type pairingVector struct {
	KeyIDs     []string `json:"kids"`
	Encryption string   `json:"encryption"` // base64, or empty
	Code       string   `json:"code"`
}

// functionVector is a contract function with the members of its argument at every
// depth.
type functionVector struct {
	Name    string   `json:"name"`
	Members []string `json:"members"`
	Quorum  string   `json:"quorum"`
}

// TestVectors compares what this program computes with what the console's own tests
// read, and writes it with -update. Keys and sealed documents of the file are kept:
// they are opened here, not made again.
func TestVectors(t *testing.T) {
	stored := readVectors(t)
	if *update {
		if stored.Envelope.Seed == "" {
			stored = drawn(t)
		}
		computed(t, &stored)
		writeVectors(t, stored)
		return
	}
	again := stored
	computed(t, &again)
	if !bytes.Equal(encodeVectors(t, stored), encodeVectors(t, again)) {
		t.Errorf("%s is out of date: go test ./node/console -run Vectors -update", vectorsFile)
	}
	openKeys(t, stored.Keys)
	openSealed(t, stored)
}

func readVectors(t *testing.T) (v vectors) {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(vectorsFile))
	if os.IsNotExist(err) && *update {
		return v
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &v, json.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	return v
}

func encodeVectors(t *testing.T, v vectors) []byte {
	t.Helper()
	text, err := json.Marshal(v, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

func writeVectors(t *testing.T, v vectors) {
	t.Helper()
	if err := os.WriteFile(filepath.FromSlash(vectorsFile), encodeVectors(t, v), 0o644); err != nil {
		t.Fatal(err)
	}
}

// drawn makes what has secrets or randomness in it, for the first time.
func drawn(t *testing.T) (v vectors) {
	t.Helper()
	random := rand.NewChaCha8([32]byte{1})
	for _, algorithm := range []credential.Algorithm{credential.ES256, credential.EdDSA} {
		key, err := credential.Generate(algorithm, random)
		if err != nil {
			t.Fatal(err)
		}
		file, err := keystore.Seal(key, vectorPassword)
		if err != nil {
			t.Fatal(err)
		}
		v.Keys = append(v.Keys, keyVector{Algorithm: algorithm.String(), File: string(file), Passphrase: vectorPassword})
	}
	seed := sha256.Sum256([]byte("seed of the console's vectors"))
	key, err := envelope.ParsePrivateKey(seed[:])
	if err != nil {
		t.Fatal(err)
	}
	other, err := envelope.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	e := &v.Envelope
	e.Seed, e.Context, e.Plaintext = encode(seed[:]), "tierledger account "+vectorMember+"/main", `{"number":"6222020200112233445","name":"华光精密机械"}`
	sealed, err := envelope.Seal([]byte(e.Plaintext), []byte(e.Context), []envelope.PublicKey{key.Public(), other.Public()})
	if err != nil {
		t.Fatal(err)
	}
	commitment, committed, err := envelope.SealCommitted([]byte(e.Plaintext), []byte(e.Context), []envelope.PublicKey{key.Public()})
	if err != nil {
		t.Fatal(err)
	}
	e.Sealed, e.Other, e.Committed, e.Commitment = encode(sealed), other.Public().ID().String(), encode(committed), record.Digest(commitment).String()

	salt := financing.Salt{1, 2, 3, 250}
	opened, err := json.Marshal(financing.Opened{Salt: salt, Terms: sampleTerms()}, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	quote, err := envelope.Seal(opened, financing.SealContext(vectorNetwork, vectorFinancing, vectorBank), []envelope.PublicKey{key.Public()})
	if err != nil {
		t.Fatal(err)
	}
	v.Quote.Sealed = encode(quote)
	return v
}

// computed fills in everything that follows from what was drawn.
func computed(t *testing.T, v *vectors) {
	t.Helper()
	for i := range v.Keys {
		signKey(t, &v.Keys[i])
	}
	key := envelopeKey(t, v)
	v.Envelope.Public, v.Envelope.KeyID = encode(key.Public().Bytes()), key.Public().ID().String()
	_, salt, err := envelope.OpenCommitted(decode(t, v.Envelope.Committed), []byte(v.Envelope.Context), key, commitment(t, v))
	if err != nil {
		t.Fatal(err)
	}
	v.Envelope.Salt = encode(salt[:])
	quoteSalt := financing.Salt{1, 2, 3, 250}
	text, err := quoteSalt.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	v.Quote.Network, v.Quote.Financing, v.Quote.Bank = vectorNetwork, vectorFinancing, vectorBank
	v.Quote.Salt, v.Quote.Terms = string(text), sampleTerms()
	v.Quote.Seal = financing.SealOf(vectorFinancing, vectorBank, quoteSalt, v.Quote.Terms).String()
	v.Certificates, v.LEIs, v.Amounts = numberVectors(t), []string{"5493001KJTIIGC8Y1R12", "254900OPPU84GM83MG36"}, amountVectors()
	for _, lei := range v.LEIs {
		if err := number.CheckLEI(lei); err != nil {
			t.Fatal(err)
		}
	}
	v.Costs, v.Payoffs, v.Discounts = costVectors(t)
	v.Months, v.Functions = monthVectors(), functionVectors()
	v.Pairings = []pairingVector{pairingOf(t, v, nil), pairingOf(t, v, key.Public().Bytes())}
}

func pairingOf(t *testing.T, v *vectors, encryption []byte) pairingVector {
	t.Helper()
	p := pairingVector{Encryption: encode(encryption)}
	var ids []credential.KeyID
	for _, k := range v.Keys {
		id, err := credential.ParseKeyID(k.KeyID)
		if err != nil {
			t.Fatal(err)
		}
		ids, p.KeyIDs = append(ids, id), append(p.KeyIDs, k.KeyID)
	}
	var err error
	if p.Code, err = credential.Pairing(vectorNetwork, vectorMember, ids, encryption); err != nil {
		t.Fatal(err)
	}
	return p
}

func signKey(t *testing.T, v *keyVector) {
	t.Helper()
	key, err := keystore.Open([]byte(v.File), v.Passphrase)
	if err != nil {
		t.Fatal(err)
	}
	v.KeyID, v.Network, v.Member, v.Person = key.Public().ID().String(), vectorNetwork, vectorMember, vectorPerson
	v.Message = encode(credential.PossessionMessage(key.Public().ID(), v.Network, v.Member, v.Person))
	possession, err := credential.SignPossession(key, v.Network, v.Member, v.Person)
	if err != nil {
		t.Fatal(err)
	}
	v.Possession = encode(possession)
	v.Payload = payloadFacts{"certificate:Reject", `{"certificate":"91330100000869877P2026010500000138","reason":"货物未交付"}`, "AAECAwQFBgcICQoLDA0ODw", 1_800_000_000}
	compact, id, err := jws.SignTransaction(key, jws.Payload{
		Network: v.Network, Function: v.Payload.Function, Argument: []byte(v.Payload.Argument), Nonce: v.Payload.Nonce, Expires: v.Payload.Expires,
	})
	if err != nil {
		t.Fatal(err)
	}
	v.Transaction, v.ID = string(compact), record.Digest(id).String()
	v.Login = loginFacts{"node-1", "POST", "/v1/policy/decisions?a=%E4%BB%98", `{"financing":"x"}`, 1_790_000_000, "_v8BAgMEBQYHCAkKCwwNDg"}
	token, err := jws.SignLogin(key, jws.Login{
		Request: jws.Request{
			Network: v.Network, Node: v.Login.Node, Method: v.Login.Method, Path: v.Login.Path, BodySHA256: jws.BodyDigest([]byte(v.Login.Body)),
		},
		IssuedAt: v.Login.IssuedAt, Expires: v.Login.IssuedAt + 60, TokenID: v.Login.ID,
	})
	if err != nil {
		t.Fatal(err)
	}
	v.Token = string(token)
}

func openKeys(t *testing.T, keys []keyVector) {
	t.Helper()
	for _, v := range keys {
		key, err := keystore.Open([]byte(v.File), v.Passphrase)
		if err != nil {
			t.Fatal(err)
		}
		if err := credential.VerifyPossession(key.Public(), v.Network, v.Member, v.Person, decode(t, v.Possession)); err != nil {
			t.Error(err)
		}
	}
}

func openSealed(t *testing.T, v vectors) {
	t.Helper()
	key := envelopeKey(t, &v)
	plaintext, err := envelope.Open(decode(t, v.Envelope.Sealed), []byte(v.Envelope.Context), key)
	if err != nil || string(plaintext) != v.Envelope.Plaintext {
		t.Errorf("the sealed document opens as %q, %v", plaintext, err)
	}
	opened, err := envelope.Open(decode(t, v.Quote.Sealed), financing.SealContext(vectorNetwork, vectorFinancing, vectorBank), key)
	if err != nil {
		t.Fatal(err)
	}
	var quote financing.Opened
	if err := json.Unmarshal(opened, &quote, json.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	if got := financing.SealOf(vectorFinancing, vectorBank, quote.Salt, quote.Terms).String(); got != v.Quote.Seal {
		t.Errorf("the sealed quote has seal %s, want %s", got, v.Quote.Seal)
	}
}

func envelopeKey(t *testing.T, v *vectors) envelope.PrivateKey {
	t.Helper()
	key, err := envelope.ParsePrivateKey(decode(t, v.Envelope.Seed))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func commitment(t *testing.T, v *vectors) [32]byte {
	t.Helper()
	digest, err := record.ParseDigest(v.Envelope.Commitment)
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

func encode(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func decode(t *testing.T, text string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func numberVectors(t *testing.T) []numberVector {
	t.Helper()
	var list []numberVector
	for _, v := range []numberVector{
		{Debtor: vectorMember, Issued: "2026-01-05", Sequence: 1},
		{Debtor: vectorBank, Issued: "2028-02-29", Sequence: number.LastSequence},
		{Debtor: "913301000123563658", Issued: "2099-12-31", Sequence: 42},
	} {
		issued, err := calendar.ParseDate(v.Issued)
		if err != nil {
			t.Fatal(err)
		}
		if v.Number, err = number.NewCertificate(v.Debtor, issued, v.Sequence); err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	return list
}

// amountVectors are the amounts around every place, and amounts drawn from a fixed
// source.
func amountVectors() []amountVector {
	amounts := []money.Fen{0, 1, 10, 12, 100, 1005, 1150, money.MaxFen, -500, 140950, 600714, 168032, 10700053, 1640902}
	for tens := money.Fen(1000); tens < 1_000_000_000_000_000; tens *= 10 {
		amounts = append(amounts, tens, tens+1, tens+10, tens+1000, tens*11, tens-1)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		amounts = append(amounts, money.Fen(random.Int64()>>random.IntN(60)))
	}
	list := make([]amountVector, 0, len(amounts))
	for _, a := range amounts {
		list = append(list, amountVector{a.String(), a.Human(), a.Capital()})
	}
	return list
}

// sampleTerms use every term.
func sampleTerms() record.Terms {
	return record.Terms{
		Kind: record.SaleWithRecourse, Rate: 3_6250, Basis: 360, Interest: record.InterestPrepaid, Advance: 95_0000, Fee: 100_00,
		SupplierInterest: 70_0000, SupplierFee: 50_0000, ValueDate: 20_600, Guarantor: vectorMember, Guarantee: 1_000_00,
		GuaranteeFee: 30_00, GuaranteeContract: sha256.Sum256([]byte("guarantee")), Contract: sha256.Sum256([]byte("contract")),
	}
}

// costVectors draw terms of all kinds; some are refused, and the console must refuse
// the same.
func costVectors(t *testing.T) (costs []costVector, payoffs []payoffVector, discounts []discountVector) {
	t.Helper()
	random := rand.New(rand.NewPCG(3, 4))
	for range 60 {
		terms := sampleTerms()
		terms.Kind = record.FinancingKind(1 + random.IntN(3))
		terms.Interest = record.InterestMode(1 + random.IntN(2))
		terms.Rate, terms.Advance = money.Rate(random.IntN(20_0000)), money.Rate(1+random.IntN(100_0000))
		terms.Basis = 360 + 5*int32(random.IntN(2))
		terms.Fee, terms.GuaranteeFee = money.Fen(random.IntN(200_00)), money.Fen(random.IntN(50_00))
		terms.SupplierInterest, terms.SupplierFee = money.Rate(random.IntN(100_0001)), money.Rate(random.IntN(100_0001))
		var parts []part
		var given []financing.Part
		for range 1 + random.IntN(4) {
			p := part{money.Fen(1 + random.Int64N(1_000_000_00)>>random.IntN(20)), terms.ValueDate + calendar.Date(random.IntN(400))}
			parts, given = append(parts, p), append(given, financing.Part(p))
		}
		v := costVector{Terms: terms, Parts: parts}
		cost, err := financing.CostOf(terms, given)
		if v.Fault = err != nil; !v.Fault {
			v.Cost = &cost
			day := terms.ValueDate + calendar.Date(random.IntN(300))
			payoff, err := financing.PayoffOf(terms, cost, given, day)
			if err != nil {
				t.Fatal(err)
			}
			payoffs = append(payoffs, payoffVector{len(costs), day, payoff.Amount, payoff.Earned, payoff.DebtorRefund})
		}
		costs = append(costs, v)
		if amount, err := financing.DiscountedOf(terms.Rate, terms.Basis, terms.ValueDate, given); err == nil {
			discounts = append(discounts, discountVector{terms.Rate, terms.Basis, terms.ValueDate, parts, amount})
		}
	}
	return costs, payoffs, discounts
}

func monthVectors() []monthVector {
	var list []monthVector
	for _, from := range []calendar.Date{0, 20_332, 21_243, 20_850, 29_219, calendar.LastDate} {
		for _, months := range []int{-13, -1, 0, 1, 6, 12, 18, 120} {
			list = append(list, monthVector{from, months, from.AddMonths(months)})
		}
	}
	return list
}

func functionVectors() []functionVector {
	var list []functionVector
	for _, f := range chaincode.Functions() {
		list = append(list, functionVector{f.Name, membersOf(f.Argument, nil), f.Quorum.String()})
	}
	return list
}

// membersOf lists the names in JSON of a struct's members, and of the terms in it,
// whose own members are shown as if they were the argument's.
func membersOf(t reflect.Type, names []string) []string {
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "" && f.Anonymous:
			names = membersOf(f.Type, names)
		case name != "":
			names = append(names, name)
		}
		if f.Type == reflect.TypeFor[record.Terms]() {
			names = membersOf(f.Type, names)
		}
	}
	return names
}
