package enrol

import (
	"crypto/rand"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/node/local"
)

// onLedger are the members on the ledger; no key of a request is.
type onLedger map[string]bool

func (onLedger) Registered(string, record.Digest) (bool, error) { return false, nil }
func (l onLedger) Known(member string) (bool, error)            { return l[member], nil }

// fill takes all places but one for a member.
func fill(t *testing.T, d *Desk, member string, now calendar.Instant) (references []string) {
	t.Helper()
	batch := d.local.NewBatch()
	for range MaxWaiting - 1 {
		r := &Recovery{Reference: newID(now), Plea: Plea{Member: member}, Key: record.Digest{1}, At: now}
		local.Put(batch, recoveryKey(r.Reference), r)
		references = append(references, r.Reference)
	}
	if err := batch.Commit(); err != nil {
		t.Fatal(err)
	}
	return references
}

func kept(t *testing.T, d *Desk) (n int) {
	t.Helper()
	err := local.Scan(d.local, prefixRecovery, func(local.Key[Recovery], *Recovery) (bool, error) {
		n++
		return true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A flood of made-up requests does not keep a real one out, and real ones are not
// thrown away for it.
func TestAFloodOfRequestsGivesWay(t *testing.T) {
	const invented = "91330000MA27U00B08"
	supplier, err := number.CompleteSocialCredit("91330100000000001")
	if err != nil {
		t.Fatal(err)
	}
	now := calendar.Instant(1_767_579_200_000)
	key, err := credential.Generate(credential.EdDSA, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	possession, err := credential.SignPossession(key, "test-net", supplier, "admin3")
	if err != nil {
		t.Fatal(err)
	}
	p := Plea{
		Member: supplier, Reason: "lost", Contact: "by telephone", Request: record.Digest{1},
		Person: Person{Person: "admin3", Roles: record.Admin, PublicKey: key.Public().SPKI(), Possession: possession},
	}
	for _, c := range []struct {
		name  string
		known onLedger
		want  bool
	}{
		{"made-up enterprises", onLedger{supplier: true}, true},
		{"real ones", onLedger{supplier: true, invented: true}, false},
	} {
		l, err := local.Open("local", "test-net", store.Options{FS: vfs.NewMem()})
		if err != nil {
			t.Fatal(err)
		}
		d, err := OpenDesk(l, "test-net")
		if err != nil {
			t.Fatal(err)
		}
		fill(t, d, invented, now)
		for i, reason := range []string{"the last place", "one more"} {
			p.Reason = reason
			_, err := d.Plead(p, c.known, now)
			if good := i == 0 || c.want; good != (err == nil) || err != nil && !code.RateLimited.Is(err) {
				t.Errorf("%s, %s: %v", c.name, reason, err)
			}
		}
		if n := kept(t, d); n != MaxWaiting {
			t.Errorf("%s: %d requests are kept", c.name, n)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}
