package jws_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/jws"
)

const noon = 1_767_225_600 // a unix second

func login() jws.Login {
	return jws.Login{
		Request: jws.Request{
			Network: "devnet", Node: "bank1", Method: "POST", Path: "/v1/transactions?wait=1",
			BodySHA256: jws.BodyDigest([]byte("body")),
		},
		IssuedAt: noon, Expires: noon + 60, TokenID: "AAAAAAAAAAAAAAAAAAAAAA",
	}
}

func signLogin(t testing.TB, key credential.PrivateKey, l jws.Login) *jws.LoginToken {
	t.Helper()
	compact, err := jws.SignLogin(key, l)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jws.ParseLogin(compact)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// TestLoginFitsOneRequest: a token answers for the request it was signed for, and a change of any part is noticed.
func TestLoginFitsOneRequest(t *testing.T) {
	for _, algorithm := range []credential.Algorithm{credential.ES256, credential.EdDSA} {
		key, stranger := newKey(t, algorithm, "maker").Public(), newKey(t, algorithm, "stranger").Public()
		token := signLogin(t, newKey(t, algorithm, "maker"), login())
		if token.Login != login() || token.KeyID != key.ID() || token.Algorithm != algorithm {
			t.Errorf("signed %+v, read %+v", login(), token.Login)
		}
		if err := token.Verify(key, login().Request, noon); err != nil {
			t.Error(err)
		}
		if err := token.Verify(stranger, login().Request, noon); !errors.Is(err, jws.ErrKey) {
			t.Errorf("another key: %v", err)
		}
		for name, change := range map[string]func(*jws.Request){
			"network": func(r *jws.Request) { r.Network = "mainnet" },
			"node":    func(r *jws.Request) { r.Node = "bank2" },
			"method":  func(r *jws.Request) { r.Method = "GET" },
			"path":    func(r *jws.Request) { r.Path = "/v1/transactions" },
			"body":    func(r *jws.Request) { r.BodySHA256 = jws.BodyDigest([]byte("bodY")) },
			"no body": func(r *jws.Request) { r.BodySHA256 = jws.BodyDigest(nil) },
		} {
			request := login().Request
			change(&request)
			if err := token.Verify(key, request, noon); !errors.Is(err, jws.ErrAudience) {
				t.Errorf("another %s: %v", name, err)
			}
		}
	}
}

func TestLoginTime(t *testing.T) {
	key := newKey(t, credential.ES256, "maker")
	for _, c := range []struct {
		name            string
		issued, expires int64
		now             int64
		accepted        bool
	}{
		{"at once", noon, noon + 60, noon, true},
		{"the last second", noon, noon + 60, noon + 59, true},
		{"just expired", noon, noon + 60, noon + 60, false},
		{"the longest life", noon, noon + 120, noon, true},
		{"too long a life", noon, noon + 121, noon, false},
		{"no life", noon, noon, noon, false},
		{"backwards", noon + 10, noon, noon, false},
		{"a clock slightly ahead", noon + 30, noon + 60, noon, true},
		{"a clock far ahead", noon + 31, noon + 60, noon, false},
		{"the end of time", 1, 1<<63 - 1, noon, false},
	} {
		l := login()
		l.IssuedAt, l.Expires = c.issued, c.expires
		err := signLogin(t, key, l).Verify(key.Public(), l.Request, c.now)
		if c.accepted != (err == nil) || (err != nil && !errors.Is(err, jws.ErrExpired)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestUnsignableLoginsAreRefused(t *testing.T) {
	key := newKey(t, credential.ES256, "maker")
	for name, change := range map[string]func(*jws.Login){
		"no network":         func(l *jws.Login) { l.Network = "" },
		"no node":            func(l *jws.Login) { l.Node = "" },
		"method in small":    func(l *jws.Login) { l.Method = "get" },
		"unknown method":     func(l *jws.Login) { l.Method = "TRACE" },
		"relative path":      func(l *jws.Login) { l.Path = "v1" },
		"path with newline":  func(l *jws.Login) { l.Path = "/v1\n" },
		"path not encoded":   func(l *jws.Login) { l.Path = "/凭证" },
		"long path":          func(l *jws.Login) { l.Path = "/" + strings.Repeat("p", jws.MaxPath) },
		"digest in capitals": func(l *jws.Login) { l.BodySHA256 = strings.Repeat("A", 64) },
		"no token id":        func(l *jws.Login) { l.TokenID = "" },
		"no issue time":      func(l *jws.Login) { l.IssuedAt = 0 },
		"no expiry":          func(l *jws.Login) { l.Expires = 0 },
	} {
		l := login()
		change(&l)
		if _, err := jws.SignLogin(key, l); !errors.Is(err, jws.ErrPayload) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNeitherTextPassesForTheOther: a login token is no transaction, a transaction no login token, whatever is inside.
func TestNeitherTextPassesForTheOther(t *testing.T) {
	key := newKey(t, credential.ES256, "maker")
	transaction, _, err := jws.SignTransaction(key, payload())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jws.ParseLogin(transaction); !errors.Is(err, jws.ErrHeader) {
		t.Errorf("a transaction as login token: %v", err)
	}
	token, err := jws.SignLogin(key, login())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jws.ParseTransaction(token, maxBytes); !errors.Is(err, jws.ErrHeader) {
		t.Errorf("a login token as transaction: %v", err)
	}
	// The login payload under a transaction's header is refused for its members.
	parts := strings.Split(string(token), ".")
	header := strings.Split(string(transaction), ".")[0]
	if _, err := jws.ParseTransaction([]byte(header+"."+parts[1]+"."+parts[2]), maxBytes); !errors.Is(err, jws.ErrPayload) {
		t.Errorf("a login payload in a transaction: %v", err)
	}
	if _, err := jws.ParseLogin(make([]byte, jws.MaxLoginBytes+1)); !errors.Is(err, jws.ErrTooLarge) {
		t.Errorf("a huge login token: %v", err)
	}
}

func TestATokenIsUsedOnce(t *testing.T) {
	maker, other := newKey(t, credential.ES256, "maker"), newKey(t, credential.ES256, "other")
	remembered := jws.NewRemembered(2)
	first := signLogin(t, maker, login())
	if err := remembered.Use(first, noon); err != nil {
		t.Fatal(err)
	}
	if err := remembered.Use(first, noon+59); !errors.Is(err, jws.ErrReplayed) {
		t.Errorf("used twice: %v", err)
	}
	if err := remembered.Use(first, noon+60); !errors.Is(err, jws.ErrExpired) {
		t.Errorf("used after its time: %v", err)
	}
	remembered = jws.NewRemembered(2)
	if err := remembered.Use(first, noon); err != nil {
		t.Fatal(err)
	}
	if err := remembered.Use(signLogin(t, other, login()), noon); err != nil {
		t.Errorf("the same token id of another key: %v", err)
	}
	late := login()
	late.TokenID, late.Expires = "BBBBBBBBBBBBBBBBBBBBBA", noon+100
	if err := remembered.Use(signLogin(t, maker, late), noon); !errors.Is(err, jws.ErrBusy) {
		t.Errorf("a third of two: %v", err)
	}
	if err := remembered.Use(signLogin(t, maker, late), noon+60); err != nil {
		t.Errorf("after the others expired: %v", err)
	}
}

// TestRememberedProperty: over any sequence of uses, no token is accepted twice and the bound holds.
func TestRememberedProperty(t *testing.T) {
	key := newKey(t, credential.EdDSA, "maker")
	rapid.Check(t, func(t *rapid.T) {
		remembered, accepted, now := jws.NewRemembered(4), map[string]int64{}, int64(noon)
		for range rapid.IntRange(1, 40).Draw(t, "uses") {
			now += rapid.Int64Range(0, 20).Draw(t, "later")
			l := login()
			n := sha256.Sum256([]byte{rapid.Byte().Draw(t, "token")})
			l.TokenID, l.IssuedAt, l.Expires = raw.EncodeToString(n[:16]), noon, noon+60+int64(n[0])
			compact, err := jws.SignLogin(key, l)
			if err != nil {
				t.Fatal(err)
			}
			token, err := jws.ParseLogin(compact)
			if err != nil {
				t.Fatal(err)
			}
			live := 0
			for _, expires := range accepted {
				if expires > now {
					live++
				}
			}
			_, before := accepted[l.TokenID]
			want := "accepted"
			switch {
			case l.Expires <= now:
				want = "expired"
			case before:
				want = "replayed"
			case live >= 4:
				want = "busy"
			}
			if got := kind(remembered.Use(token, now)); got != want {
				t.Fatalf("%s, want %s", got, want)
			}
			if want == "accepted" {
				accepted[l.TokenID] = l.Expires
			}
		}
	})
}

// FuzzParseLogin: what parses is never a transaction, and can be signed again.
func FuzzParseLogin(f *testing.F) {
	key := newKey(f, credential.ES256, "maker")
	compact, err := jws.SignLogin(key, login())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(compact)
	get := login()
	get.Method, get.BodySHA256 = "GET", ""
	if compact, err = jws.SignLogin(key, get); err != nil {
		f.Fatal(err)
	}
	f.Add(compact)
	f.Add([]byte("..."))
	f.Fuzz(func(t *testing.T, compact []byte) {
		token, err := jws.ParseLogin(compact)
		if err != nil {
			return
		}
		if _, err := jws.ParseTransaction(compact, maxBytes); err == nil {
			t.Fatalf("%q is both", compact)
		}
		if _, err := jws.SignLogin(key, token.Login); err != nil {
			t.Fatalf("what was read cannot be signed: %v", err)
		}
		_ = token.Verify(key.Public(), token.Request, noon)
	})
}

func ExampleBodyDigest() {
	fmt.Printf("%q\n", jws.BodyDigest(nil))
	fmt.Printf("%.16s\n", jws.BodyDigest([]byte("body")))
	// Output:
	// ""
	// 230d8358dc8e8890
}
