package ledgertest

import (
	"bytes"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
)

// Hostile is a transaction that somebody means harm with.
type Hostile struct {
	Name string
	Raw  []byte
	// Want is the code with which it is refused.
	Want code.Code
	// Admitted says that it may be in a block and is refused by its contract.
	Admitted bool
}

// maker is whose name the corpus abuses.
const maker = "bank1/maker"

// Hostile makes the corpus of hostile transactions against the ledger as it
// stands. Making it commits a few blocks.
func (l *Ledger) Hostile() []Hostile {
	l.Helper()
	list := append(l.malformed(), l.inadmissible()...)
	return append(list, l.refused()...)
}

// payload is a good payload in JSON, with text put in for its argument.
func (l *Ledger) payload(function, argument string) string {
	return fmt.Sprintf(`{"network":%q,"function":%q,"argument":%s,"nonce":"AAAAAAAAAAAAAAAAAAAAAA","expires":%d}`,
		Network, function, argument, int64(l.Now)/1000+600)
}

func (l *Ledger) header(who string) string {
	key := l.Keys[who].Public()
	return fmt.Sprintf(`{"alg":%q,"kid":%q,"typ":"scf-tx+jws"}`, key.Algorithm(), key.ID())
}

// Forge signs any header and payload, well-formed or not.
func (l *Ledger) Forge(who, header, payload string) []byte {
	l.Helper()
	input := encode([]byte(header)) + "." + encode([]byte(payload))
	signature, err := l.Keys[who].Sign([]byte(input))
	if err != nil {
		l.Fatal(err)
	}
	return []byte(input + "." + encode(signature))
}

func encode(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

const harmless = `{"limit":1}`

// malformed are transactions that are none by their form alone.
func (l *Ledger) malformed() []Hostile {
	good := string(l.Sign(maker, "sweep:Run", json.RawMessage(harmless)))
	parts := strings.Split(good, ".")
	header, payload := l.header(maker), l.payload("sweep:Run", harmless)
	forged := func(header, payload string) []byte { return l.Forge(maker, header, payload) }
	deep := `{"a":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`
	huge := `{"a":"` + strings.Repeat("x", record.MaxTransactionBytes) + `"}`
	list := []Hostile{
		{Name: "nothing", Raw: []byte{}},
		{Name: "one byte", Raw: []byte{0}},
		{Name: "noise", Raw: bytes.Repeat([]byte{0xff, 0x00}, 300)},
		{Name: "two parts", Raw: []byte(parts[0] + "." + parts[1])},
		{Name: "four parts", Raw: []byte(good + ".AAAA")},
		{Name: "padded base64", Raw: []byte(good + "=")},
		{Name: "foreign base64", Raw: []byte(parts[0] + "." + parts[1] + "." + strings.Repeat("+/", 43))},
		{Name: "newline in base64", Raw: []byte(parts[0][:8] + "\n" + parts[0][8:] + "." + parts[1] + "." + parts[2])},
		{Name: "trailing bits", Raw: []byte(parts[0] + "." + parts[1] + "." + flipLast(parts[2]))},
		{Name: "trailing space", Raw: []byte(good + " ")},
		{Name: "short signature", Raw: []byte(parts[0] + "." + parts[1] + "." + parts[2][:40])},
		{Name: "folded case in the header", Raw: forged(strings.Replace(header, "alg", "Alg", 1), payload)},
		{Name: "folded case in the payload", Raw: forged(header, strings.Replace(payload, "function", "Function", 1))},
		{Name: "unknown header field", Raw: forged(strings.Replace(header, "}", `,"crit":["x"]}`, 1), payload)},
		{Name: "no algorithm", Raw: forged(strings.Replace(header, "EdDSA", "none", 1), payload)},
		{Name: "type of a login", Raw: forged(strings.Replace(header, "scf-tx+jws", "scf-login+jws", 1), payload)},
		{Name: "repeated header key", Raw: forged(strings.Replace(header, "{", `{"alg":"EdDSA",`, 1), payload)},
		{Name: "repeated payload key", Raw: forged(header, strings.Replace(payload, "{", `{"nonce":"AAAAAAAAAAAAAAAAAAAAAA",`, 1))},
		{Name: "repeated argument key", Raw: forged(header, l.payload("sweep:Run", `{"limit":1,"limit":2}`))},
		{Name: "unknown payload field", Raw: forged(header, strings.Replace(payload, "{", `{"more":1,`, 1))},
		{Name: "NaN", Raw: forged(header, l.payload("sweep:Run", `{"limit":NaN}`))},
		{Name: "argument is a list", Raw: forged(header, l.payload("sweep:Run", `[1]`))},
		{Name: "argument is missing", Raw: forged(header, strings.Replace(payload, `"argument":`+harmless+",", "", 1))},
		{Name: "bytes after the payload", Raw: forged(header, payload+"{}")},
		{Name: "not UTF-8", Raw: forged(header, l.payload("sweep:Run", "{\"a\":\"\xff\"}"))},
		{Name: "very deep", Raw: forged(header, l.payload("sweep:Run", deep))},
		{Name: "very large", Raw: forged(header, l.payload("sweep:Run", huge)), Want: code.TooLarge},
		{Name: "nonce of another length", Raw: forged(header, strings.Replace(payload, "AAAAAAAA", "AAAA", 1))},
	}
	for i := range list {
		if list[i].Want == code.OK {
			list[i].Want = code.BadForm
		}
	}
	return list
}

// flipLast changes bits of the last base64 character that decode to nothing.
func flipLast(part string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	i := strings.IndexByte(alphabet, part[len(part)-1])
	return part[:len(part)-1] + string(alphabet[i^1])
}

// inadmissible are well-formed and still must not be in a block.
func (l *Ledger) inadmissible() []Hostile {
	header := l.header(maker)
	expires := func(seconds int64) []byte {
		now := int64(l.Now) / 1000
		return l.Forge(maker, header, strings.Replace(l.payload("sweep:Run", harmless), fmt.Sprint(now+600), fmt.Sprint(now+seconds), 1))
	}
	executed := l.Sign(maker, "sweep:Run", json.RawMessage(harmless))
	l.Block(executed)
	cached := l.Sign(maker, "sweep:Run", json.RawMessage(harmless))
	if _, err := l.Gate.Admit(cached, l.Now, nil); err != nil {
		l.Fatal(err)
	}
	l.Enrol("revoked")
	l.Must("revoked/admin1", "member:RevokeCredential", map[string]any{
		"key": l.Keys["revoked/maker"].Public().ID(), "reason": "left",
	})
	l.IDs["stranger"] = l.IDs["bank1"]
	l.credential("stranger", "maker", record.Maker)
	return []Hostile{
		{Name: "another network", Raw: l.Forge(maker, header, strings.Replace(l.payload("sweep:Run", harmless), Network, "other-net", 1)), Want: code.WrongNetwork},
		{Name: "expired", Raw: expires(0), Want: code.Expired},
		{Name: "expires in two days", Raw: expires(2 * 86400), Want: code.ExpiresTooLate},
		{Name: "executed before", Raw: executed, Want: code.Replayed},
		{Name: "garbage signature", Raw: garbleSignature(l.Sign(maker, "sweep:Run", json.RawMessage(harmless))), Want: code.BadSignature},
		{Name: "garbage signature under a cached input", Raw: garbleSignature(cached), Want: code.BadSignature},
		{Name: "another key's name", Raw: l.Forge(maker, l.header("bank2/maker"), l.payload("sweep:Run", harmless)), Want: code.BadSignature},
		{Name: "another algorithm than the key's", Raw: l.Forge(maker, strings.Replace(header, "EdDSA", "ES256", 1), l.payload("sweep:Run", harmless)), Want: code.BadSignature},
		{Name: "nobody's key", Raw: l.Sign("stranger/maker", "sweep:Run", json.RawMessage(harmless)), Want: code.UnknownCredential},
		{Name: "revoked credential", Raw: l.Sign("revoked/maker", "sweep:Run", json.RawMessage(harmless)), Want: code.CredentialRevoked},
	}
}

func garbleSignature(raw []byte) []byte {
	out := bytes.Clone(raw)
	i := bytes.LastIndexByte(out, '.') + 5
	if out[i] == 'A' {
		out[i] = 'B'
	} else {
		out[i] = 'A'
	}
	return out
}

// refused may be in a block: their contracts refuse them.
func (l *Ledger) refused() []Hostile {
	call := func(name, who, function, argument string, want code.Code) Hostile {
		return Hostile{Name: name, Raw: l.Forge(who, l.header(who), l.payload(function, argument)), Want: want, Admitted: true}
	}
	in := l.enrolment("solo", record.SmallEnterprise, record.Debtor|record.Holder, false)
	in.Credentials = append(in.Credentials, l.credential("solo", "both", record.Maker|record.Checker))
	l.Must(maker, "member:Enrol", in)
	var own struct {
		ID       string        `json:"id"`
		Manifest record.Digest `json:"manifest"`
	}
	l.Must("solo/both", "approval:Propose", map[string]any{
		"function": "certificate:RequestConfirmation", "argument": map[string]any{
			"debtor": l.IDs["revoked"], "amount": "1.00",
			"contract": l.contract("revoked", "solo"),
		},
	}, &own)
	weak := l.enrolment("weak", record.SmallEnterprise, record.Debtor, false)
	smallOrder := append(bytes.Clone(weak.Credentials[0].PublicKey[:12]), make([]byte, 32)...)
	weak.Credentials[0].PublicKey = smallOrder
	enrolWeak, err := json.Marshal(weak)
	if err != nil {
		l.Fatal(err)
	}
	item := `{"function":"sweep:Run","argument":` + harmless + `}`
	many := `{"items":[` + strings.Repeat(item+",", record.MaxBatchItems) + item + `]}`
	return []Hostile{
		call("folded case of a function", maker, "sweep:run", harmless, code.UnknownFunction),
		call("folded case of a contract", maker, "Sweep:Run", harmless, code.UnknownFunction),
		call("no such contract", maker, "nothing:Run", harmless, code.UnknownFunction),
		call("no contract", maker, "Run", harmless, code.UnknownFunction),
		call("the library's own contract", maker, "org.hyperledger.fabric:GetMetadata", `{}`, code.UnknownFunction),
		call("unknown field", maker, "sweep:Run", `{"limit":1,"more":1}`, code.BadArgument),
		call("folded case of a field", maker, "sweep:Run", `{"Limit":1}`, code.BadArgument),
		call("floating point", maker, "sweep:Run", `{"limit":1.5}`, code.BadArgument),
		call("floating point without a fraction", maker, "sweep:Run", `{"limit":1e0}`, code.BadArgument),
		call("text for a number", maker, "sweep:Run", `{"limit":"1"}`, code.BadArgument),
		call("number beyond its type", maker, "sweep:Run", `{"limit":99999999999999999999}`, code.BadArgument),
		call("number for an amount", maker, "credit:Grant", `{"id":"a","debtor":"b","limit":100.00,"from":"2026-01-01","to":"2026-12-31"}`, code.BadArgument),
		call("NaN for an amount", maker, "credit:Grant", `{"id":"a","debtor":"b","limit":"NaN","from":"2026-01-01","to":"2026-12-31"}`, code.BadAmount),
		call("nesting where a number belongs", maker, "sweep:Run", `{"limit":`+strings.Repeat("[", 20)+strings.Repeat("]", 20)+`}`, code.BadArgument),
		call("more items than a batch may have", maker, "batch:Run", many, code.LimitExceeded),
		call("quorum function sent alone", maker, "rules:AdoptPack", `{}`, code.NotSubmittable),
		call("key of small order", maker, "member:Enrol", string(enrolWeak), code.BadKey),
		call("maker approves the own proposal", "solo/both", "approval:Approve", fmt.Sprintf(`{"id":%q,"manifest":%q}`, own.ID, own.Manifest), code.SamePerson),
	}
}

// contract records a trade contract and returns its id.
func (l *Ledger) contract(buyer, seller string) string {
	l.Helper()
	var made struct {
		ID string `json:"id"`
	}
	l.Must(seller+"/maker", "evidence:RecordContract", map[string]any{
		"buyer": l.IDs[buyer], "seller": l.IDs[seller], "document": Fingerprint("contract " + buyer + seller),
		"signed": l.Now.Date(), "amount": "0.00", "termDays": 60, "agreed": true,
	}, &made)
	return made.ID
}

// SignES256 is Sign with a new P-256 key, registered for a member of its own.
func (l *Ledger) SignES256(function string, argument any) []byte {
	l.Helper()
	l.algorithm = credential.ES256
	defer func() { l.algorithm = credential.EdDSA }()
	l.Enrol("elliptic")
	return l.Sign("elliptic/maker", function, argument)
}

// OtherForm returns a transaction signed with ES256 with the other of its two
// valid signatures, (r, n-s).
func OtherForm(raw []byte) []byte {
	dot := bytes.LastIndexByte(raw, '.')
	signature, err := base64.RawURLEncoding.DecodeString(string(raw[dot+1:]))
	if err != nil {
		panic(fmt.Sprintf("signature of %q: %v", raw, err)) // made by Sign
	}
	s := new(big.Int).SetBytes(signature[32:])
	s.Sub(elliptic.P256().Params().N, s).FillBytes(signature[32:])
	return append(bytes.Clone(raw[:dot+1]), encode(signature)...)
}
