package credential_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/crypto/credential"
)

var algorithms = []credential.Algorithm{credential.ES256, credential.EdDSA}

// stream is an endless source of bytes that depend on a seed only.
type stream struct{ state [32]byte }

func (s *stream) Read(p []byte) (int, error) {
	for i := range p {
		if i%32 == 0 {
			s.state = sha256.Sum256(s.state[:])
		}
		p[i] = s.state[i%32]
	}
	return len(p), nil
}

func newKey(t testing.TB, algorithm credential.Algorithm, seed string) credential.PrivateKey {
	t.Helper()
	key, err := credential.Generate(algorithm, &stream{sha256.Sum256([]byte(seed))})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestPublicKeys reads the corpus of good and hostile public keys.
func TestPublicKeys(t *testing.T) {
	datadriven.RunTest(t, "testdata/public_keys", func(t *testing.T, d *datadriven.TestData) string {
		text := strings.Join(strings.Fields(d.Input), "")
		spki, err := hex.DecodeString(text)
		if err != nil {
			d.Fatalf(t, "%v", err)
		}
		key, err := credential.ParsePublicKey(spki)
		switch {
		case err == nil:
			return fmt.Sprintln(key)
		case errors.Is(err, credential.ErrAlgorithm):
			return "refused: algorithm\n"
		case errors.Is(err, credential.ErrWeakKey):
			return "refused: weak\n"
		case errors.Is(err, credential.ErrKey):
			return "refused: malformed\n"
		}
		return fmt.Sprintln("refused without a kind:", err)
	})
}

func TestOtherKindsOfKeyAreRefused(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []any{&rsaKey.PublicKey, &p384.PublicKey} {
		spki, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := credential.ParsePublicKey(spki); err == nil {
			t.Errorf("%T was accepted", key)
		}
	}
	der, err := x509.MarshalPKCS8PrivateKey(p384)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := credential.ParsePrivateKey(der); !errors.Is(err, credential.ErrAlgorithm) {
		t.Errorf("a P-384 private key: %v", err)
	}
	if _, err := credential.Generate(3, rand.Reader); !errors.Is(err, credential.ErrAlgorithm) {
		t.Errorf("the reserved algorithm: %v", err)
	}
}

// TestSignatureIsBoundToKeyAndMessage: what is signed verifies, and no single changed bit of message or signature does.
func TestSignatureIsBoundToKeyAndMessage(t *testing.T) {
	for _, algorithm := range algorithms {
		key, stranger := newKey(t, algorithm, "maker"), newKey(t, algorithm, "stranger")
		rapid.Check(t, func(t *rapid.T) {
			message := rapid.SliceOfN(rapid.Byte(), 1, 300).Draw(t, "message")
			signature, err := key.Sign(message)
			if err != nil {
				t.Fatal(err)
			}
			if !key.Public().Verify(message, signature) {
				t.Fatal("own signature refused")
			}
			if stranger.Public().Verify(message, signature) {
				t.Fatal("another key's signature accepted")
			}
			changed := slices.Concat(message, signature)
			changed[rapid.IntRange(0, len(changed)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
			if key.Public().Verify(changed[:len(message)], changed[len(message):]) {
				t.Fatal("a changed bit went unnoticed")
			}
		})
	}
}

func TestSignaturesAreDeterministic(t *testing.T) {
	for _, algorithm := range algorithms {
		key := newKey(t, algorithm, "maker")
		first, err := key.Sign([]byte("pay 300,000.00"))
		if err != nil {
			t.Fatal(err)
		}
		second, err := key.Sign([]byte("pay 300,000.00"))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Errorf("%s: %x, then %x", algorithm, first, second)
		}
	}
}

// TestBothFormsOfECDSA: s and n-s are one signature in two forms; RFC 7518 accepts both, so everybody must.
func TestBothFormsOfECDSA(t *testing.T) {
	key := newKey(t, credential.ES256, "maker")
	signature, err := key.Sign([]byte("m"))
	if err != nil {
		t.Fatal(err)
	}
	s := new(big.Int).SetBytes(signature[32:])
	other := slices.Clone(signature)
	s.Sub(elliptic.P256().Params().N, s).FillBytes(other[32:])
	if bytes.Equal(other, signature) || !key.Public().Verify([]byte("m"), other) {
		t.Error("the other form of the signature was refused")
	}
}

func TestForeignSignaturesAreRefused(t *testing.T) {
	for _, algorithm := range algorithms {
		key := newKey(t, algorithm, "maker")
		signature, err := key.Sign([]byte("m"))
		if err != nil {
			t.Fatal(err)
		}
		n := elliptic.P256().Params().N.FillBytes(make([]byte, 32))
		zero := make([]byte, 32)
		for name, bad := range map[string][]byte{
			"empty":        nil,
			"short":        signature[:63],
			"long":         append(slices.Clone(signature), 0),
			"zero":         make([]byte, 64),
			"r is zero":    slices.Concat(zero, signature[32:]),
			"s is zero":    slices.Concat(signature[:32], zero),
			"s is n":       slices.Concat(signature[:32], n),
			"all ones":     bytes.Repeat([]byte{0xff}, 64),
			"s plus order": addOrder(signature),
		} {
			if key.Public().Verify([]byte("m"), bad) {
				t.Errorf("%s: signature accepted: %s", algorithm, name)
			}
		}
		if (credential.PublicKey{}).Verify([]byte("m"), signature) {
			t.Error("no key verified a signature")
		}
	}
}

// addOrder makes the malleable twin of an Ed25519 signature: s + L, little-endian.
func addOrder(signature []byte) []byte {
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	little := slices.Clone(signature[32:])
	slices.Reverse(little)
	sum := new(big.Int).Add(new(big.Int).SetBytes(little), order)
	if sum.BitLen() > 256 {
		return signature[:32]
	}
	out := sum.FillBytes(make([]byte, 32))
	slices.Reverse(out)
	return slices.Concat(signature[:32], out)
}

// TestEd25519AgreesWithStandardLibrary: one verifier everywhere, with the rules browsers and JOSE libraries have.
func TestEd25519AgreesWithStandardLibrary(t *testing.T) {
	key := newKey(t, credential.EdDSA, "maker")
	parsed, err := x509.ParsePKIXPublicKey(key.Public().SPKI())
	if err != nil {
		t.Fatal(err)
	}
	public, ok := parsed.(ed25519.PublicKey)
	if !ok {
		t.Fatalf("%T", parsed)
	}
	rapid.Check(t, func(t *rapid.T) {
		message := rapid.SliceOf(rapid.Byte()).Draw(t, "message")
		signature, err := key.Sign(message)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(0, 2).Draw(t, "changes") {
			signature[rapid.IntRange(0, 63).Draw(t, "byte")] = rapid.Byte().Draw(t, "value")
		}
		if ours, theirs := key.Public().Verify(message, signature), ed25519.Verify(public, message, signature); ours != theirs {
			t.Fatalf("ours %t, standard library %t", ours, theirs)
		}
	})
}

func TestKeysSurviveTheirEncodings(t *testing.T) {
	for _, algorithm := range algorithms {
		key := newKey(t, algorithm, "maker")
		der, err := key.MarshalPKCS8()
		if err != nil {
			t.Fatal(err)
		}
		private, err := credential.ParsePrivateKey(der)
		if err != nil {
			t.Fatal(err)
		}
		public, err := credential.ParsePublicKey(key.Public().SPKI())
		if err != nil {
			t.Fatal(err)
		}
		if !private.Public().Equal(key.Public()) || !public.Equal(key.Public()) || public.Algorithm() != algorithm {
			t.Errorf("%s came back as %s and %s", key, private, public)
		}
		name, err := credential.ParseAlgorithm(algorithm.String())
		if err != nil || name != algorithm {
			t.Errorf("%s came back as %s, %v", algorithm, name, err)
		}
	}
	if _, err := credential.ParseAlgorithm("es256"); !errors.Is(err, credential.ErrAlgorithm) {
		t.Errorf("a misspelt algorithm: %v", err)
	}
}

// TestSPKIIsACopy: nobody can change a key through what it hands out.
func TestSPKIIsACopy(t *testing.T) {
	public := newKey(t, credential.ES256, "maker").Public()
	public.SPKI()[30] ^= 1
	if sha256.Sum256(public.SPKI()) != public.ID() {
		t.Error("the key changed")
	}
}

func TestNoVerbShowsThePrivateKey(t *testing.T) {
	for _, algorithm := range algorithms {
		key := newKey(t, algorithm, "maker")
		der, err := key.MarshalPKCS8()
		if err != nil {
			t.Fatal(err)
		}
		secret := der[len(der)-32:]
		if algorithm == credential.ES256 {
			secret = der[36 : 36+32]
		}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("key", "key", key, "inside", struct{ K credential.PrivateKey }{key})
		asJSON, err := json.Marshal(key) //nolint:staticcheck // that there is nothing to encode is what is tested
		if err != nil {
			t.Fatal(err)
		}
		shown := fmt.Sprintf("%v %+v %#v %s %q %x %d %v %+v", key, key, key, key, key, key, key, &key, []any{key}) +
			log.String() + string(asJSON)
		for _, form := range []string{fmt.Sprintf("%x", secret), fmt.Sprint(secret), fmt.Sprintf("%d", new(big.Int).SetBytes(secret))} {
			if strings.Contains(shown, form) {
				t.Errorf("%s: the secret shows in %s", algorithm, shown)
			}
		}
		if !strings.Contains(shown, key.Public().ID().String()) {
			t.Errorf("%s: the key's name does not show", algorithm)
		}
	}
}

// TestPossession: a proof fits one key, network, member and person, and moving a character between them breaks it.
func TestPossession(t *testing.T) {
	const network, member, person = "devnet", "91330000MA27XL0J4Q", "zhang.wei"
	for _, algorithm := range algorithms {
		key, other := newKey(t, algorithm, "maker"), newKey(t, algorithm, "other").Public()
		proof, err := credential.SignPossession(key, network, member, person)
		if err != nil {
			t.Fatal(err)
		}
		if err := credential.VerifyPossession(key.Public(), network, member, person, proof); err != nil {
			t.Error(err)
		}
		for name, err := range map[string]error{
			"another key":     credential.VerifyPossession(other, network, member, person, proof),
			"another network": credential.VerifyPossession(key.Public(), "mainnet", member, person, proof),
			"another member":  credential.VerifyPossession(key.Public(), network, "91330000MA27XL0J4R", person, proof),
			"another person":  credential.VerifyPossession(key.Public(), network, member, "li.na", proof),
			"moved border":    credential.VerifyPossession(key.Public(), network, member+"z", person[1:], proof),
			"no proof":        credential.VerifyPossession(key.Public(), network, member, person, nil),
			"no key":          credential.VerifyPossession(credential.PublicKey{}, network, member, person, proof),
		} {
			if !errors.Is(err, credential.ErrPossession) {
				t.Errorf("%s, %s: %v", algorithm, name, err)
			}
		}
	}
}

func TestFromX509(t *testing.T) {
	_, authority, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "zhang.wei"},
		NotBefore: from, NotAfter: from.AddDate(1, 0, 0),
	}
	key := newKey(t, credential.ES256, "maker").Public()
	subject, err := x509.ParsePKIXPublicKey(key.SPKI())
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, subject, authority)
	if err != nil {
		t.Fatal(err)
	}
	got, validity, err := credential.FromX509(der)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Equal(key) {
		t.Errorf("key %s, want %s", got, key)
	}
	for unix, want := range map[int64]bool{
		from.Unix() - 1: false, from.Unix(): true,
		template.NotAfter.Unix(): true, template.NotAfter.Unix() + 1: false,
	} {
		if validity.Contains(unix) != want {
			t.Errorf("valid at %d: %t", unix, !want)
		}
	}
	for name, bad := range map[string][]byte{
		"empty": nil, "cut": der[:len(der)-1], "trailing": append(slices.Clone(der), 0), "huge": make([]byte, credential.MaxX509+1),
	} {
		if _, _, err := credential.FromX509(bad); !errors.Is(err, credential.ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeyIDText(t *testing.T) {
	id := newKey(t, credential.ES256, "maker").Public().ID()
	again, err := credential.ParseKeyID(id.String())
	if err != nil || again != id {
		t.Errorf("%s came back as %s, %v", id, again, err)
	}
	text := strings.Repeat("0", 63)
	for _, bad := range []string{"", text, text + "00", text + "A", text + "g", text + "\n", "0x" + text[:62]} {
		if _, err := credential.ParseKeyID(bad); !errors.Is(err, credential.ErrKeyID) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// FuzzParsePublicKey: what parses is the one encoding of its key.
func FuzzParsePublicKey(f *testing.F) {
	for _, algorithm := range algorithms {
		f.Add(newKey(f, algorithm, "seed").Public().SPKI())
	}
	f.Add([]byte{})
	f.Add([]byte{0x30, 0x80, 0, 0})
	f.Fuzz(func(t *testing.T, spki []byte) {
		key, err := credential.ParsePublicKey(spki)
		if err != nil {
			return
		}
		if !bytes.Equal(key.SPKI(), spki) || sha256.Sum256(spki) != key.ID() {
			t.Fatalf("%x parsed as %s", spki, key)
		}
		key.Verify(spki, make([]byte, 64))
	})
}

func FuzzParsePrivateKey(f *testing.F) {
	for _, algorithm := range algorithms {
		der, err := newKey(f, algorithm, "seed").MarshalPKCS8()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(der)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		key, err := credential.ParsePrivateKey(der)
		if err != nil {
			return
		}
		signature, err := key.Sign(der)
		if err != nil || !key.Public().Verify(der, signature) {
			t.Fatalf("%x parsed as a key that cannot sign: %v", der, err)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	message := make([]byte, 700)
	for _, algorithm := range algorithms {
		key := newKey(b, algorithm, "maker")
		signature, err := key.Sign(message)
		if err != nil {
			b.Fatal(err)
		}
		public := key.Public()
		b.Run(algorithm.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !public.Verify(message, signature) {
					b.Fatal("refused")
				}
			}
		})
	}
}

func BenchmarkSign(b *testing.B) {
	message := make([]byte, 700)
	for _, algorithm := range algorithms {
		key := newKey(b, algorithm, "maker")
		b.Run(algorithm.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := key.Sign(message); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParsePublicKey(b *testing.B) {
	for _, algorithm := range algorithms {
		spki := newKey(b, algorithm, "maker").Public().SPKI()
		b.Run(algorithm.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := credential.ParsePublicKey(spki); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
