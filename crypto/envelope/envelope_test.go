package envelope_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/crypto/envelope"
)

var account = []byte("6222 0000 1234 5678 901")

var context = []byte("devnet/91330000MA27XL0J4Q/account/1")

func newKey(t testing.TB) envelope.PrivateKey {
	t.Helper()
	key, err := envelope.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestEveryRecipientReadsTheDocument: debtor, bank and auditor read the account number, a stranger does not, and the
// order in which they were named does not matter.
func TestEveryRecipientReadsTheDocument(t *testing.T) {
	debtor, bank, auditor, stranger := newKey(t), newKey(t), newKey(t), newKey(t)
	keys := []envelope.PublicKey{debtor.Public(), bank.Public(), auditor.Public()}
	commitment, sealed, err := envelope.SealCommitted(account, context, keys)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []envelope.PrivateKey{debtor, bank, auditor} {
		got, salt, err := envelope.OpenCommitted(sealed, context, key, commitment)
		if err != nil || !bytes.Equal(got, account) {
			t.Errorf("read %q, %v", got, err)
		}
		if envelope.Commit(salt, got) != commitment {
			t.Error("the disclosed document does not match")
		}
	}
	if _, err := envelope.Open(sealed, context, stranger); !errors.Is(err, envelope.ErrNotRecipient) {
		t.Errorf("a stranger: %v", err)
	}
	if _, err := envelope.Open(sealed, context, envelope.PrivateKey{}); !errors.Is(err, envelope.ErrKey) {
		t.Errorf("no key: %v", err)
	}
	if _, err := envelope.Open(sealed, []byte("devnet/91330000MA27XL0J4Q/account/2"), bank); !errors.Is(err, envelope.ErrOpen) {
		t.Errorf("moved to another place: %v", err)
	}
	ids, err := envelope.Recipients(sealed)
	if err != nil || len(ids) != 3 || !slices.IsSortedFunc(ids, func(a, b envelope.KeyID) int { return bytes.Compare(a[:], b[:]) }) {
		t.Errorf("recipients %v, %v", ids, err)
	}
	for _, key := range keys {
		if !slices.Contains(ids, key.ID()) {
			t.Errorf("%s is not named", key)
		}
	}
}

func TestAnotherDocumentDoesNotMatchTheCommitment(t *testing.T) {
	key := newKey(t)
	to := []envelope.PublicKey{key.Public()}
	commitment, _, err := envelope.SealCommitted(account, context, to)
	if err != nil {
		t.Fatal(err)
	}
	_, again, err := envelope.SealCommitted(account, context, to)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := envelope.OpenCommitted(again, context, key, commitment); !errors.Is(err, envelope.ErrCommitment) {
		t.Errorf("the same account under another salt: %v", err)
	}
	short, err := envelope.Seal([]byte("no salt"), context, to)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := envelope.OpenCommitted(short, context, key, commitment); !errors.Is(err, envelope.ErrCommitment) {
		t.Errorf("a document without salt: %v", err)
	}
}

// TestCommitmentIsFixed: commitments are on the ledger for ever, so their bytes never change. The figure was computed
// with another implementation of HMAC.
func TestCommitmentIsFixed(t *testing.T) {
	const want = "9ac5c6aba6fffcdf7eddf495e6ec2e45331192e145c2f1c33b9ac63ad03c38b7"
	got := envelope.Commit(envelope.Salt{1, 2, 3}, account)
	if hex.EncodeToString(got[:]) != want {
		t.Errorf("commitment %x, want %s", got, want)
	}
}

// TestNoChangedBitOpens changes one bit anywhere: in the list of recipients, in another recipient's entry, in the
// content. The document is refused by every recipient whose own entry is read.
func TestNoChangedBitOpens(t *testing.T) {
	first, second := newKey(t), newKey(t)
	sealed, err := envelope.Seal(account, context, []envelope.PublicKey{first.Public(), second.Public()})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		changed := slices.Clone(sealed)
		changed[rapid.IntRange(0, len(sealed)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		for _, key := range []envelope.PrivateKey{first, second} {
			if _, err := envelope.Open(changed, context, key); err == nil {
				t.Fatal("a changed bit went unnoticed")
			}
		}
	})
	// A recipient cannot be struck off either.
	struck := slices.Concat(sealed[:2], []byte{1}, sealed[3:3+1200], sealed[3+2*1200:])
	for _, key := range []envelope.PrivateKey{first, second} {
		if _, err := envelope.Open(struck, context, key); !errors.Is(err, envelope.ErrOpen) && !errors.Is(err, envelope.ErrNotRecipient) {
			t.Errorf("a recipient was struck off: %v", err)
		}
	}
}

func TestMalformedDocuments(t *testing.T) {
	first, second := newKey(t), newKey(t)
	sealed, err := envelope.Seal(account, context, []envelope.PublicKey{first.Public(), second.Public()})
	if err != nil {
		t.Fatal(err)
	}
	const entry = 1200
	with := func(i int, b byte) []byte {
		changed := slices.Clone(sealed)
		changed[i] = b
		return changed
	}
	for name, bad := range map[string][]byte{
		"nothing":           nil,
		"a header":          sealed[:3],
		"another version":   with(0, 2),
		"another suite":     with(1, 2),
		"no recipients":     with(2, 0),
		"more than allowed": with(2, envelope.MaxRecipients+1),
		"more than listed":  with(2, 3),
		"cut":               sealed[:3+2*entry+12+15],
		"exchanged":         slices.Concat(sealed[:3], sealed[3+entry:3+2*entry], sealed[3:3+entry], sealed[3+2*entry:]),
		"one twice":         slices.Concat(sealed[:3], sealed[3:3+entry], sealed[3:3+entry], sealed[3+2*entry:]),
		"huge":              make([]byte, envelope.MaxSealed+1),
		"too much content":  append(slices.Clone(sealed), make([]byte, envelope.MaxPlaintext)...),
	} {
		if _, err := envelope.Open(bad, context, first); !errors.Is(err, envelope.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := envelope.Recipients(bad); !errors.Is(err, envelope.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLimitsOfSealing(t *testing.T) {
	key := newKey(t).Public()
	for _, c := range []struct {
		name       string
		plaintext  int
		context    int
		recipients []envelope.PublicKey
		want       error
	}{
		{"nobody", 1, 1, nil, envelope.ErrRecipients},
		{"one twice", 1, 1, []envelope.PublicKey{key, key}, envelope.ErrRecipients},
		{"no key", 1, 1, []envelope.PublicKey{{}}, envelope.ErrRecipients},
		{"too many", 1, 1, make([]envelope.PublicKey, envelope.MaxRecipients+1), envelope.ErrRecipients},
		{"long document", envelope.MaxPlaintext + 1, 1, []envelope.PublicKey{key}, envelope.ErrTooLarge},
		{"long context", 1, envelope.MaxContext + 1, []envelope.PublicKey{key}, envelope.ErrTooLarge},
		{"the longest", envelope.MaxPlaintext, envelope.MaxContext, []envelope.PublicKey{key}, nil},
		{"the shortest", 0, 0, []envelope.PublicKey{key}, nil},
	} {
		_, err := envelope.Seal(make([]byte, c.plaintext), make([]byte, c.context), c.recipients)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	_, _, err := envelope.SealCommitted(make([]byte, envelope.MaxPlaintext), nil, []envelope.PublicKey{key})
	if !errors.Is(err, envelope.ErrTooLarge) {
		t.Errorf("no room for the salt: %v", err)
	}
}

func TestKeysSurviveTheirEncodings(t *testing.T) {
	key := newKey(t)
	seed, err := key.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	private, err := envelope.ParsePrivateKey(seed)
	if err != nil {
		t.Fatal(err)
	}
	public, err := envelope.ParsePublicKey(key.Public().Bytes())
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := envelope.Seal(account, context, []envelope.PublicKey{public})
	if err != nil {
		t.Fatal(err)
	}
	got, err := envelope.Open(sealed, context, private)
	if err != nil || !bytes.Equal(got, account) || public.ID() != key.Public().ID() {
		t.Errorf("read %q, %v", got, err)
	}
	for _, bad := range [][]byte{nil, seed[:31], append(slices.Clone(seed), 0)} {
		if _, err := envelope.ParsePrivateKey(bad); !errors.Is(err, envelope.ErrKey) {
			t.Errorf("a private key of %d bytes: %v", len(bad), err)
		}
	}
	if _, err := (envelope.PrivateKey{}).Bytes(); !errors.Is(err, envelope.ErrKey) {
		t.Errorf("no key: %v", err)
	}
	whole := key.Public().Bytes()
	for _, bad := range [][]byte{nil, whole[1:], append(slices.Clone(whole), 0), bytes.Repeat([]byte{0xff}, envelope.PublicKeySize)} {
		if _, err := envelope.ParsePublicKey(bad); !errors.Is(err, envelope.ErrKey) {
			t.Errorf("a public key of %d bytes: %v", len(bad), err)
		}
	}
}

func TestNoVerbShowsThePrivateKey(t *testing.T) {
	key := newKey(t)
	seed, err := key.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("key", "key", key)
	shown := fmt.Sprintf("%v %+v %#v %s %q %x %d %v", key, key, key, key, key, key, key, []any{key, &key}) + log.String()
	for _, form := range []string{fmt.Sprintf("%x", seed), fmt.Sprint(seed)} {
		if strings.Contains(shown, form) {
			t.Errorf("the secret shows in %s", shown)
		}
	}
}

// FuzzOpen: nothing but the sealer's own bytes opens, and nothing panics.
func FuzzOpen(f *testing.F) {
	key := newKey(f)
	sealed, err := envelope.Seal(account, context, []envelope.PublicKey{key.Public()})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add(sealed[:len(sealed)-1])
	f.Add([]byte{1, 1, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := envelope.Open(data, context, key)
		if err == nil && (!bytes.Equal(got, account) || !bytes.Equal(data, sealed)) {
			t.Fatalf("%x opened as %q", data, got)
		}
		ids, err := envelope.Recipients(data)
		if err == nil && (len(ids) == 0 || len(ids) > envelope.MaxRecipients) {
			t.Fatalf("%d recipients", len(ids))
		}
	})
}

// FuzzParsePublicKey: what parses is the one encoding of its key, and can be sealed to or is refused in doing so.
func FuzzParsePublicKey(f *testing.F) {
	f.Add(newKey(f).Public().Bytes())
	f.Add(make([]byte, envelope.PublicKeySize))
	f.Fuzz(func(t *testing.T, data []byte) {
		key, err := envelope.ParsePublicKey(data)
		if err != nil {
			return
		}
		if !bytes.Equal(key.Bytes(), data) {
			t.Fatalf("%x came back as %x", data, key.Bytes())
		}
		_, _ = envelope.Seal(account, context, []envelope.PublicKey{key})
	})
}

func BenchmarkSealAndOpen(b *testing.B) {
	key := newKey(b)
	to := []envelope.PublicKey{key.Public()}
	b.Run("seal to one", func(b *testing.B) {
		for b.Loop() {
			if _, err := envelope.Seal(account, context, to); err != nil {
				b.Fatal(err)
			}
		}
	})
	sealed, err := envelope.Seal(account, context, to)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if _, err := envelope.Open(sealed, context, key); err != nil {
				b.Fatal(err)
			}
		}
	})
}
