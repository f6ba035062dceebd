package record_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/record"
)

// stored are all records that are stored on their own.
func stored() []any {
	return []any{
		new(record.Member), new(record.Credential), new(record.Account), new(record.Policy), new(record.Validator),
		new(record.Marker), new(record.Settings), new(record.Proposal), new(record.Due), new(record.Pack),
		new(record.Stop), new(record.Certificate), new(record.Holding), new(record.Review), new(record.Reference),
		new(record.Transfer), new(record.Pledge), new(record.Order), new(record.Confirmation), new(record.Line),
		new(record.Group), new(record.TradeContract), new(record.Delivery), new(record.Invoice), new(record.Outcome),
		new(record.Effects), new(record.Decision),
	}
}

// fill gives every field a random value of its kind.
func fill(t *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name != "_" {
				fill(t, v.Field(i))
			}
		}
	case reflect.Slice:
		if rapid.IntRange(0, 3).Draw(t, "nil") == 0 {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 3).Draw(t, "length"), 3))
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.String:
		v.SetString(rapid.String().Draw(t, "text"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uint:
		v.SetUint(rapid.Uint64().Draw(t, "uint") >> (64 - v.Type().Bits()))
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Int:
		v.SetInt(rapid.Int64().Draw(t, "int") >> (64 - v.Type().Bits()))
	default:
		t.Fatalf("a record has a field of kind %s", v.Kind())
	}
}

func TestEveryRecordComesBackAsItWas(t *testing.T) {
	for _, sample := range stored() {
		kind := reflect.TypeOf(sample).Elem()
		t.Run(kind.Name(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				v := reflect.New(kind)
				fill(t, v.Elem())
				data := record.Encode(v.Interface())
				if data[0] != record.Version || !bytes.Equal(data, record.Encode(v.Elem().Interface())) {
					t.Fatalf("encoding %x", data)
				}
				back := reflect.New(kind)
				if err := record.Decode(data, back.Interface()); err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(v.Interface(), back.Interface()) {
					t.Fatalf("%+v came back as %+v", v, back)
				}
			})
		})
	}
}

// No byte of an encoding can be changed, removed or added without the decoder
// refusing it or reading another value: two encodings never mean the same.
func TestOneEncodingPerRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := new(record.Holding)
		fill(t, reflect.ValueOf(h).Elem())
		data := record.Encode(h)
		i := rapid.IntRange(0, len(data)-1).Draw(t, "at")
		changed := bytes.Clone(data)
		switch rapid.IntRange(0, 2).Draw(t, "how") {
		case 0:
			changed[i] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
		case 1:
			changed = slices.Delete(changed, i, i+1)
		case 2:
			changed = slices.Insert(changed, i, rapid.Byte().Draw(t, "byte"))
		}
		var back record.Holding
		if bytes.Equal(changed, data) || record.Decode(changed, &back) != nil {
			return
		}
		if reflect.DeepEqual(&back, h) {
			t.Fatalf("%x and %x are the same holding", data, changed)
		}
	})
}

func TestForeignEncodingsAreRefused(t *testing.T) {
	good := record.Encode(&record.Reference{Certificate: "C"})
	if fmt.Sprintf("%x", good) != "02816143" {
		t.Fatalf("reference C is %x", good)
	}
	for name, data := range map[string][]byte{
		"nothing":             {},
		"only a version":      {record.Version},
		"another version":     {record.Version + 1, 0x81, 0x61, 'C'},
		"trailing bytes":      {record.Version, 0x81, 0x61, 'C', 0},
		"a longer length":     {record.Version, 0x81, 0x78, 0x01, 'C'},
		"an indefinite array": {record.Version, 0x9f, 0x61, 'C', 0xff},
		"an indefinite text":  {record.Version, 0x81, 0x7f, 0x61, 'C', 0xff},
		"a map":               {record.Version, 0xa1, 0x6b, 'C', 'e', 'r', 't', 'i', 'f', 'i', 'c', 'a', 't', 'e', 0x61, 'C'},
		"a tag":               {record.Version, 0x81, 0xc0, 0x61, 'C'},
		"bytes for text":      {record.Version, 0x81, 0x41, 'C'},
		"bad UTF-8":           {record.Version, 0x81, 0x61, 0xff},
		"one field too many":  {record.Version, 0x82, 0x61, 'C', 0x61, 'C'},
		"one field too few":   {record.Version, 0x80},
		"null":                {record.Version, 0xf6},
		"a float":             {record.Version, 0x81, 0xf9, 0x3c, 0x00},
		"deep nesting":        append([]byte{record.Version}, bytes.Repeat([]byte{0x81}, 40)...),
		"a huge array":        {record.Version, 0x9a, 0x7f, 0xff, 0xff, 0xff},
	} {
		var back record.Reference
		if err := record.Decode(data, &back); err == nil {
			t.Errorf("%s was read as %+v", name, back)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for i, sample := range stored() {
		f.Add(uint8(i), record.Encode(sample))
	}
	f.Add(uint8(0), []byte{record.Version, 0x9f, 0xff})
	f.Fuzz(func(t *testing.T, i uint8, data []byte) {
		all := stored()
		v := all[int(i)%len(all)]
		if err := record.Decode(data, v); err == nil && !bytes.Equal(record.Encode(v), data) {
			t.Errorf("%T: %x was read, and is written %x", v, data, record.Encode(v))
		}
	})
}

func FuzzParseDigest(f *testing.F) {
	f.Add(strings.Repeat("0a", 32))
	f.Add(strings.Repeat("0A", 32))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := record.ParseDigest(text); err == nil && d.String() != text {
			t.Errorf("%q was read as %s", text, d)
		}
	})
}

// Keys sort as what they name: holdings by id, dues by instant, packs by ordinal.
func TestKeysSortAsNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Uint32Range(0, 99_999_999).Draw(t, "a"), rapid.Uint32Range(0, 99_999_999).Draw(t, "b")
		if (a < b) != (record.HoldingKey("C", a) < record.HoldingKey("C", b)) || (a < b) != (record.PackKey(a) < record.PackKey(b)) {
			t.Fatalf("%d and %d sort otherwise", a, b)
		}
		instants := rapid.Int64Range(0, 253_402_300_799_999) // to the end of 9999
		x, y := calendar.Instant(instants.Draw(t, "x")), calendar.Instant(instants.Draw(t, "y"))
		if x != y && (x < y) != (record.DueKey(x, record.DueTransfer, "z") < record.DueKey(y, record.DueProposal, "a")) {
			t.Fatalf("%d and %d sort otherwise", x, y)
		}
		if due := string(record.DueKey(x, record.DueIssue, "z")); (due < record.DueEnd(y)) != (x <= y) {
			t.Fatalf("%s is due by %d: %t", due, y, due < record.DueEnd(y))
		}
	})
}

// A prefix and its end hold exactly the keys that start with it.
func TestPrefixEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.StringMatching(`[a-z]{1,3}/`).Draw(t, "prefix")
		other := rapid.StringMatching(`[a-z/0-9]{0,6}`).Draw(t, "key")
		for _, key := range []string{other, prefix + other} {
			within := key >= prefix && key < record.PrefixEnd(prefix)
			if within != strings.HasPrefix(key, prefix) {
				t.Fatalf("%q within %q: %t", key, prefix, within)
			}
		}
	})
	if record.PrefixEnd("") != "" {
		t.Error("everything has an end")
	}
}

// Kinds of keys never share a prefix, so that scanning one kind never meets
// another. A member's and a certificate's own records lie below theirs.
func TestKindsOfKeysAreApart(t *testing.T) {
	var d record.Digest
	keys := []string{
		string(record.CertificateKey("N")), string(record.MemberKey("M")), string(record.CredentialKey(d)),
		string(record.ValidatorKey("B")), string(record.ProposalKey("P")), string(record.TransferKey("T")),
		string(record.PledgeKey("P")), string(record.OrderKey("O")), string(record.ConfirmationKey("C")),
		string(record.LineKey("B", "L")), string(record.GroupKey("B", "G")), string(record.InvoiceKey(d)),
		string(record.ContractKey("C")), string(record.DeliveryKey("D")), string(record.ReferenceKey("D", "R")),
		string(record.DueKey(1, record.DueIssue, "I")), string(record.PackKey(1)), string(record.StopKey("D", "B")),
		string(record.MakerProposalKey(d, "P")), string(record.SettingsKey()),
		string(record.SlotKey("B", "D", "G")),
	}
	seen := map[string]bool{}
	for _, key := range keys {
		kind := record.KindOf(key)
		if kind == "" || kind == key || seen[kind] {
			t.Errorf("key %s is of kind %q", key, kind)
		}
		seen[kind] = true
	}
	for key, prefix := range map[string]string{
		string(record.HoldingKey("N", 7)):          string(record.CertificateKey("N")) + "/",
		string(record.ReviewKey("N")):              string(record.CertificateKey("N")) + "/",
		string(record.AccountKey("M", "A")):        record.AccountsPrefix("M"),
		string(record.PolicyKey("M")):              string(record.MemberKey("M")) + "/",
		string(record.MemberCredentialKey("M", d)): record.MemberCredentialsPrefix("M"),
	} {
		if !strings.HasPrefix(key, prefix) {
			t.Errorf("key %s is not below %s", key, prefix)
		}
	}
}

// A payment reference is any text of a debtor's own system; its key shows none of it.
func TestReferenceKeysAreHashes(t *testing.T) {
	a, b := record.ReferenceKey("D", "PAY/2026/001"), record.ReferenceKey("D", "PAY/2026/002")
	if a == b || strings.Contains(string(a), "PAY") {
		t.Errorf("%s and %s", a, b)
	}
}

func TestTextForms(t *testing.T) {
	type all struct {
		Class  record.Class       `json:"class"`
		Roles  record.Roles       `json:"roles"`
		Person record.PersonRoles `json:"person"`
		Key    record.Digest      `json:"key"`
	}
	want := `{"class":"large","roles":["debtor","funder"],"person":["maker","reviewer"],"key":"` + strings.Repeat("0a", 32) + `"}`
	var v all
	if err := json.Unmarshal([]byte(want), &v); err != nil {
		t.Fatal(err)
	}
	if v.Class != record.LargeEnterprise || v.Roles != record.Debtor|record.Funder || v.Person != record.Maker|record.Reviewer {
		t.Errorf("%+v", v)
	}
	if text, err := json.Marshal(v); err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
	for _, bad := range []string{
		`{"class":"Large"}`, `{"class":""}`, `{"class":2}`, `{"roles":["debtor","debtor"]}`, `{"roles":["Debtor"]}`,
		`{"roles":"debtor"}`, `{"roles":3}`, `{"person":["funder"]}`, `{"key":"0A"}`, `{"key":"` + strings.Repeat("0A", 32) + `"}`,
	} {
		if err := json.Unmarshal([]byte(bad), &v); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
	for s := record.ProposalOpen; s <= record.ProposalLapsed; s++ {
		if s.String() == "" {
			t.Errorf("proposal state %d has no text", s)
		}
	}
	for q := record.QuorumChecker; q <= record.QuorumBanks; q++ {
		if q.String() == "" {
			t.Errorf("quorum %d has no text", q)
		}
	}
	if record.Quorum(0).String() != "" || record.Quorum(200).String() != "" {
		t.Error("no quorum has a text")
	}
}

func TestRulesHaveDistinctNames(t *testing.T) {
	seen := map[string]bool{}
	for r := record.TermMax; r <= record.OneHead; r++ {
		if name := r.String(); seen[name] || name == "UNKNOWN-RULE" {
			t.Errorf("rule %d is called %s", r, name)
		}
		seen[r.String()] = true
	}
	if record.Rule(200).String() != "UNKNOWN-RULE" {
		t.Error("rule 200 has a name")
	}
}

func TestSharesOfAHolding(t *testing.T) {
	h := record.Holding{Tiers: []record.TierSpan{{To: 10, Tier: 2}, {To: 20, Tier: 5}, {To: 30, Tier: 1}}}
	if h.MaxTier() != 5 || (&record.Holding{}).MaxTier() != 0 {
		t.Errorf("deepest tier %d", h.MaxTier())
	}
	if !record.MicroEnterprise.IsSME() || !record.MediumEnterprise.IsSME() || record.LargeEnterprise.IsSME() || record.PublicBody.IsSME() {
		t.Error("the protected classes are medium, small and micro")
	}
}

// An event of the largest size that a transaction may emit can be read again:
// a block whose effects cannot be read would stop every validator.
func TestLargeEffectsCanBeRead(t *testing.T) {
	e := record.Effects{Decision: record.Decision{Inputs: make([]record.RuleInput, 400_000)}}
	var again record.Effects
	if err := record.Decode(record.Encode(&e), &again); err != nil || len(again.Decision.Inputs) != len(e.Decision.Inputs) {
		t.Errorf("%d inputs, %v", len(again.Decision.Inputs), err)
	}
}
