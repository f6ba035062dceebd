package jws_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/jws"
)

const maxBytes = 64 << 10

var raw = base64.RawURLEncoding

// seeded is an endless source of bytes that depend on a seed only.
type seeded struct{ state [32]byte }

func (s *seeded) Read(p []byte) (int, error) {
	for i := range p {
		s.state = sha256.Sum256(s.state[:])
		p[i] = s.state[0]
	}
	return len(p), nil
}

func newKey(t testing.TB, algorithm credential.Algorithm, seed string) credential.PrivateKey {
	t.Helper()
	key, err := credential.Generate(algorithm, &seeded{sha256.Sum256([]byte(seed))})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func payload() jws.Payload {
	return jws.Payload{
		Network: "devnet", Function: "certificate:Issue",
		Argument: []byte(`{"certificate":"91330000MA27XL0J4Q2026010100000163","face":"300000.00"}`),
		Nonce:    "AAAAAAAAAAAAAAAAAAAAAA", Expires: 1_767_225_600,
	}
}

// kind names every sentinel once, so that a scenario can say which refusal it expects.
func kind(err error) string {
	for _, k := range []struct {
		err  error
		name string
	}{
		{jws.ErrTooLarge, "too large"}, {jws.ErrForm, "form"}, {jws.ErrEncoding, "encoding"}, {jws.ErrHeader, "header"},
		{jws.ErrPayload, "payload"}, {jws.ErrAlgorithm, "algorithm"}, {jws.ErrKey, "key"}, {jws.ErrSignature, "signature"},
		{jws.ErrAudience, "audience"}, {jws.ErrExpired, "expired"}, {jws.ErrReplayed, "replayed"}, {jws.ErrBusy, "busy"},
	} {
		if errors.Is(err, k.err) {
			return k.name
		}
	}
	if err != nil {
		return "without a kind: " + err.Error()
	}
	return "accepted"
}

// TestHostile runs the corpus: each case is a header and a payload as text, signed rightly by the test's key, or a whole
// compact text. Placeholders: <kid>, <payload>, <deep N>.
func TestHostile(t *testing.T) {
	key := newKey(t, credential.ES256, "maker")
	const goodPayload = `{"network":"devnet","function":"f","argument":{},"nonce":"AAAAAAAAAAAAAAAAAAAAAA","expires":1767225600}`
	goodHeader := `{"alg":"ES256","kid":"<kid>","typ":"scf-tx+jws"}`
	expand := func(s string) string {
		s = strings.ReplaceAll(s, "<kid>", key.Public().ID().String())
		for _, n := range []int{29, 30, 31, 5000, 20000} {
			s = strings.ReplaceAll(s, fmt.Sprintf("<deep %d>", n), strings.Repeat(`{"a":`, n)+"1"+strings.Repeat("}", n))
			s = strings.ReplaceAll(s, fmt.Sprintf("<open %d>", n), strings.Repeat(`[`, n))
			s = strings.ReplaceAll(s, fmt.Sprintf("<string %d>", n), `"`+strings.Repeat(`a`, n)+`"`)
		}
		unescape := strings.NewReplacer("<invalid utf-8>", "\xff", "<nul>", "\x00", "<newline>", "\n", "<bom>", "\ufeff")
		return unescape.Replace(s)
	}
	signWith := func(header, body string) []byte {
		input := raw.EncodeToString([]byte(header)) + "." + raw.EncodeToString([]byte(body))
		signature, err := key.Sign([]byte(input))
		if err != nil {
			t.Fatal(err)
		}
		return []byte(input + "." + raw.EncodeToString(signature))
	}
	answer := func(compact []byte) string {
		transaction, err := jws.ParseTransaction(compact, maxBytes)
		if err == nil {
			err = transaction.Verify(key.Public())
		}
		if err == nil && !bytes.Equal(transaction.Compact(), compact) {
			return "accepted in another form\n"
		}
		return kind(err) + "\n"
	}
	datadriven.RunTest(t, "testdata/hostile", func(t *testing.T, d *datadriven.TestData) string {
		input := expand(strings.TrimSuffix(d.Input, "\n"))
		switch d.Cmd {
		case "header":
			return answer(signWith(input, goodPayload))
		case "payload":
			return answer(signWith(expand(goodHeader), input))
		case "argument":
			return answer(signWith(expand(goodHeader), strings.Replace(goodPayload, "{}", input, 1)))
		case "text": // with H, P and S for the three parts of a good text
			parts := strings.Split(string(signWith(expand(goodHeader), goodPayload)), ".")
			return answer([]byte(strings.NewReplacer("H", parts[0], "P", parts[1], "S", parts[2], `\n`, "\n", `\r`, "\r").Replace(input)))
		}
		d.Fatalf(t, "unknown command %s", d.Cmd)
		return ""
	})
}

func TestSignedTransactionParsesAndVerifies(t *testing.T) {
	for _, algorithm := range []credential.Algorithm{credential.ES256, credential.EdDSA} {
		key := newKey(t, algorithm, "maker")
		rapid.Check(t, func(t *rapid.T) {
			name := rapid.StringMatching(`[A-Za-z0-9._:-]{1,64}`)
			nonce, err := jws.NewNonce(&seeded{sha256.Sum256([]byte{rapid.Byte().Draw(t, "seed")})})
			if err != nil {
				t.Fatal(err)
			}
			note := rapid.String().Filter(func(s string) bool { return strings.ToValidUTF8(s, "") == s }).Draw(t, "note")
			want := jws.Payload{
				Network: name.Draw(t, "network"), Function: name.Draw(t, "function"),
				Argument: fmt.Appendf(nil, `{"note":%s}`, quote(note)),
				Nonce:    nonce, Expires: rapid.Int64Min(1).Draw(t, "expires"),
			}
			compact, id, err := jws.SignTransaction(key, want)
			if err != nil {
				t.Fatal(err)
			}
			got, err := jws.ParseTransaction(compact, len(compact))
			if err != nil {
				t.Fatal(err)
			}
			if err := got.Verify(key.Public()); err != nil {
				t.Fatal(err)
			}
			if got.ID != id || got.KeyID != key.Public().ID() || got.Algorithm != algorithm {
				t.Fatalf("id %x, key %s, algorithm %s", got.ID, got.KeyID, got.Algorithm)
			}
			if got.Network != want.Network || got.Function != want.Function || got.Nonce != want.Nonce ||
				got.Expires != want.Expires || !bytes.Equal(got.Argument, want.Argument) {
				t.Fatalf("signed %+v, read %+v", want, got.Payload)
			}
			if !bytes.Equal(got.Compact(), compact) || sha256.Sum256(got.SigningInput()) != id {
				t.Fatal("the text came back in another form")
			}
			if _, err := jws.ParseTransaction(compact, len(compact)-1); !errors.Is(err, jws.ErrTooLarge) {
				t.Fatalf("one byte too many: %v", err)
			}
		})
	}
}

func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		fmt.Fprintf(&b, `\u%04x`, r&0x7fff)
	}
	b.WriteByte('"')
	return b.String()
}

func TestWrongKeyAndWrongSignature(t *testing.T) {
	key, stranger := newKey(t, credential.ES256, "maker"), newKey(t, credential.EdDSA, "stranger")
	compact, _, err := jws.SignTransaction(key, payload())
	if err != nil {
		t.Fatal(err)
	}
	transaction, err := jws.ParseTransaction(compact, maxBytes)
	if err != nil {
		t.Fatal(err)
	}
	if err := transaction.Verify(stranger.Public()); !errors.Is(err, jws.ErrKey) {
		t.Errorf("another key: %v", err)
	}
	if err := transaction.Verify(credential.PublicKey{}); !errors.Is(err, jws.ErrKey) {
		t.Errorf("no key: %v", err)
	}
	garbage := slices.Clone(compact)
	copy(garbage[len(garbage)-86:], strings.Repeat("A", 86))
	forged, err := jws.ParseTransaction(garbage, maxBytes)
	if err != nil {
		t.Fatal(err)
	}
	if forged.ID != transaction.ID {
		t.Error("the signature has a part in the ID")
	}
	if err := forged.Verify(key.Public()); !errors.Is(err, jws.ErrSignature) {
		t.Errorf("a garbage signature: %v", err)
	}
	// The header names the right key with the other key's algorithm.
	header := strings.Replace(`{"alg":"EdDSA","kid":"<kid>","typ":"scf-tx+jws"}`, "<kid>", key.Public().ID().String(), 1)
	parts := strings.Split(string(compact), ".")
	confused, err := jws.ParseTransaction([]byte(raw.EncodeToString([]byte(header))+"."+parts[1]+"."+parts[2]), maxBytes)
	if err != nil {
		t.Fatal(err)
	}
	if err := confused.Verify(key.Public()); !errors.Is(err, jws.ErrAlgorithm) {
		t.Errorf("a confused algorithm: %v", err)
	}
}

// TestBothFormsOfECDSAAreOneTransaction: both verify and have one ID, so the ledger executes them once.
func TestBothFormsOfECDSAAreOneTransaction(t *testing.T) {
	key := newKey(t, credential.ES256, "maker")
	compact, id, err := jws.SignTransaction(key, payload())
	if err != nil {
		t.Fatal(err)
	}
	first, err := jws.ParseTransaction(compact, maxBytes)
	if err != nil {
		t.Fatal(err)
	}
	twin := slices.Clone(first.Signature)
	s := new(big.Int).SetBytes(twin[32:])
	s.Sub(elliptic.P256().Params().N, s).FillBytes(twin[32:])
	second, err := jws.ParseTransaction(fmt.Appendf(nil, "%s.%s", first.SigningInput(), raw.EncodeToString(twin)), maxBytes)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Verify(key.Public()); err != nil {
		t.Errorf("the other form: %v", err)
	}
	if second.ID != id || bytes.Equal(second.Compact(), compact) {
		t.Errorf("ids %x and %x", id, second.ID)
	}
}

func TestUnsignablePayloadsAreRefused(t *testing.T) {
	key := newKey(t, credential.ES256, "maker")
	for name, change := range map[string]func(*jws.Payload){
		"no network":            func(p *jws.Payload) { p.Network = "" },
		"long network":          func(p *jws.Payload) { p.Network = strings.Repeat("n", 65) },
		"no function":           func(p *jws.Payload) { p.Function = "" },
		"function with a space": func(p *jws.Payload) { p.Function = "Issue " },
		"no argument":           func(p *jws.Payload) { p.Argument = nil },
		"argument is an array":  func(p *jws.Payload) { p.Argument = []byte("[]") },
		"argument is cut":       func(p *jws.Payload) { p.Argument = []byte(`{"a":`) },
		"duplicate names":       func(p *jws.Payload) { p.Argument = []byte(`{"a":1,"a":1}`) },
		"deep argument":         func(p *jws.Payload) { p.Argument = []byte(strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)) },
		"short nonce":           func(p *jws.Payload) { p.Nonce = "AAAA" },
		"nonce with loose bits": func(p *jws.Payload) { p.Nonce = "AAAAAAAAAAAAAAAAAAAAAB" },
		"argument with space":   func(p *jws.Payload) { p.Argument = []byte("{} ") },
		"argument that goes on": func(p *jws.Payload) { p.Argument = []byte(`{},"x":{}`) },
		"network with a quote":  func(p *jws.Payload) { p.Network = `a","network":"b` },
		"escaped network":       func(p *jws.Payload) { p.Network = `\u0061` },
		"no expiry":             func(p *jws.Payload) { p.Expires = 0 },
	} {
		p := payload()
		change(&p)
		if _, _, err := jws.SignTransaction(key, p); !errors.Is(err, jws.ErrPayload) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := jws.SignTransaction(credential.PrivateKey{}, payload()); err == nil {
		t.Error("no key signed")
	}
}

// TestPublishedVectors checks the signature part against RFC 7515 appendix A.3 and RFC 8037 appendix A.4.
func TestPublishedVectors(t *testing.T) {
	es256, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4},
		unbase(t, "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"), unbase(t, "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")))
	if err != nil {
		t.Fatal(err)
	}
	eddsa := ed25519.NewKeyFromSeed(unbase(t, "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"))
	for _, v := range []struct {
		public           any
		input, signature string
	}{
		{es256, "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ", "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"},
		{eddsa.Public(), "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc", "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"},
	} {
		spki, err := x509.MarshalPKIXPublicKey(v.public)
		if err != nil {
			t.Fatal(err)
		}
		key, err := credential.ParsePublicKey(spki)
		if err != nil {
			t.Fatal(err)
		}
		if !key.Verify([]byte(v.input), unbase(t, v.signature)) {
			t.Errorf("%s: the published signature was refused", key.Algorithm())
		}
	}
	der, err := x509.MarshalPKCS8PrivateKey(eddsa)
	if err != nil {
		t.Fatal(err)
	}
	key, err := credential.ParsePrivateKey(der)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := key.Sign([]byte("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"))
	if err != nil || raw.EncodeToString(signature)[:12] != "hgyY0il_MGCj" {
		t.Errorf("signed %x, %v", signature, err)
	}
}

func unbase(t *testing.T, text string) []byte {
	t.Helper()
	b, err := raw.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestNonceNeedsRandomness(t *testing.T) {
	if _, err := jws.NewNonce(strings.NewReader("short")); err == nil {
		t.Error("a nonce from five bytes")
	}
}

// FuzzParseTransaction: what parses has one form only, and re-encodes to the bytes it came from.
func FuzzParseTransaction(f *testing.F) {
	for _, algorithm := range []credential.Algorithm{credential.ES256, credential.EdDSA} {
		compact, _, err := jws.SignTransaction(newKey(f, algorithm, "maker"), payload())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(compact)
		f.Add(compact[:len(compact)-1])
	}
	f.Add([]byte(".."))
	f.Add([]byte("e30.e30." + strings.Repeat("A", 86)))
	key := newKey(f, credential.ES256, "maker").Public()
	f.Fuzz(func(t *testing.T, compact []byte) {
		transaction, err := jws.ParseTransaction(compact, 1<<20)
		if err != nil {
			if strings.HasPrefix(kind(err), "without") {
				t.Fatal(err)
			}
			return
		}
		if !bytes.Equal(transaction.Compact(), compact) {
			t.Fatalf("%q re-encodes to %q", compact, transaction.Compact())
		}
		last := bytes.LastIndexByte(compact, '.')
		if sha256.Sum256(compact[:last]) != transaction.ID || !bytes.Equal(transaction.SigningInput(), compact[:last]) {
			t.Fatalf("%q has the ID %x", compact, transaction.ID)
		}
		_ = transaction.Verify(key)
		signer := newKey(t, transaction.Algorithm, "maker")
		again, _, err := jws.SignTransaction(signer, transaction.Payload)
		if err != nil {
			t.Fatalf("what was read cannot be signed: %v", err)
		}
		second, err := jws.ParseTransaction(again, 1<<20)
		if err != nil || second.Function != transaction.Function || second.Expires != transaction.Expires {
			t.Fatalf("%+v was signed again as %+v, %v", transaction.Payload, second, err)
		}
	})
}

func benchmarkText(b *testing.B, algorithm credential.Algorithm) (credential.PublicKey, []byte) {
	b.Helper()
	key := newKey(b, algorithm, "maker")
	p := payload()
	p.Argument = []byte(`{"certificate":"91330000MA27XL0J4Q2026010100000163","holding":"3","version":7,"from":1,"to":30000000,"receiver":"91310000MA1FL4B24G","evidence":[{"invoice":"4f1c7d","fen":"300000.00"}]}`)
	compact, _, err := jws.SignTransaction(key, p)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(compact)))
	b.ReportAllocs()
	return key.Public(), compact
}

func BenchmarkParse(b *testing.B) {
	_, compact := benchmarkText(b, credential.ES256)
	for b.Loop() {
		if _, err := jws.ParseTransaction(compact, maxBytes); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, algorithm := range []credential.Algorithm{credential.ES256, credential.EdDSA} {
		b.Run(algorithm.String(), func(b *testing.B) {
			key, compact := benchmarkText(b, algorithm)
			transaction, err := jws.ParseTransaction(compact, maxBytes)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if err := transaction.Verify(key); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestWebCryptoSignatures reads what WebCrypto, the signing interface that browsers have, signed: the ledger asks nothing
// of a client that a browser cannot do.
func TestWebCryptoSignatures(t *testing.T) {
	datadriven.RunTest(t, "testdata/webcrypto", func(t *testing.T, d *datadriven.TestData) string {
		lines := strings.Fields(d.Input)
		key, err := credential.ParsePublicKey(unbase(t, lines[0]))
		if err != nil {
			d.Fatalf(t, "%v", err)
		}
		transaction, err := jws.ParseTransaction([]byte(lines[1]), maxBytes)
		if err != nil {
			d.Fatalf(t, "%v", err)
		}
		possession := credential.VerifyPossession(key, transaction.Network, "91330000MA27XL0J4Q", "zhang.wei", unbase(t, lines[2]))
		return fmt.Sprintf("%s of %s by %s\ntransaction %s\npossession %s\n", transaction.Function, transaction.Argument,
			transaction.Algorithm, kind(transaction.Verify(key)), kind(possession))
	})
}
