// Package ledgertest gives tests a real ledger in memory: real contracts and
// execution on a real store, with banks and enterprises whose people sign real
// transactions. Only tests import it.
package ledgertest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tierledger/tierledger/chaincode"
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/jws"
	"github.com/tierledger/tierledger/ledger/admission"
	"github.com/tierledger/tierledger/ledger/execute"
	"github.com/tierledger/tierledger/ledger/store"
)

// Network is the name of every test ledger's network.
const Network = "test-net"

// Start is the time of the first block: a working day.
const Start = calendar.Instant(1_767_579_200_000) // 2026-01-05 10:13:20 +08:00

// Ledger is a ledger of four banks. Members have short names: bank1 to bank4,
// operator, auditor, and what Enrol adds. Their people are admin1, admin2,
// maker, checker, and reviewer at banks.
type Ledger struct {
	testing.TB
	Store    *store.Store
	Gate     *admission.Gate
	Executor *execute.Executor
	Genesis  []byte
	Now      calendar.Instant // time of the next block
	Blocks   []execute.Block  // all that were committed
	Keys     map[string]credential.PrivateKey
	IDs      map[string]string

	algorithm credential.Algorithm
	random    io.Reader // of all keys: the same in every run
}

// Seat is a validator of the genesis: the Ed25519 public key with which it signs,
// and its libp2p peer id.
type Seat struct {
	Consensus []byte
	Peer      string
}

// New makes a ledger on a memory file system and commits its first block.
func New(t testing.TB) *Ledger {
	t.Helper()
	return On(t, vfs.NewMem())
}

// On makes a ledger on a file system of the test's.
func On(t testing.TB, fs vfs.FS) *Ledger {
	t.Helper()
	l := Prepare(t, credential.EdDSA)
	l.Store, l.Gate, l.Executor = Open(t, fs, l.Genesis)
	l.Block()
	return l
}

// Prepare makes the people and the genesis of a ledger without a store: tests of
// nodes open as many as they need. The first banks take the seats; the others have
// made-up ones.
func Prepare(t testing.TB, algorithm credential.Algorithm, seats ...Seat) *Ledger {
	t.Helper()
	l := &Ledger{
		TB: t, Now: Start, Keys: map[string]credential.PrivateKey{}, IDs: map[string]string{},
		algorithm: algorithm, random: mathrand.NewChaCha8([32]byte([]byte("people of every test's ledger...")))}
	l.Genesis = l.genesis(seats)
	return l
}

// Open opens the parts of a ledger over a file system.
func Open(t testing.TB, fs vfs.FS, genesis []byte) (*store.Store, *admission.Gate, *execute.Executor) {
	t.Helper()
	s, err := store.Open("ledger", store.Options{FS: fs, Network: Network})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Log(err)
		}
	})
	gate, err := admission.New(s, Network)
	if err != nil {
		t.Fatal(err)
	}
	contracts, err := chaincode.New()
	if err != nil {
		t.Fatal(err)
	}
	return s, gate, execute.New(execute.Config{
		Network: Network, Store: s, Gate: gate, Chaincode: contracts, Genesis: genesis,
	})
}

func (l *Ledger) genesis(seats []Seat) []byte {
	state := member.GenesisArgument{Network: Network, Devnet: true, FingerprintEpoch: 1}
	for i := range 4 {
		alias := fmt.Sprintf("bank%d", i+1)
		bank := l.enrolment(alias, record.LargeEnterprise, record.Funder|record.Guarantor, true)
		state.Members = append(state.Members, member.GenesisMember{EnrolArgument: bank})
		seat := Seat{Peer: "12D3KooWTest" + alias}
		if i < len(seats) {
			seat = seats[i]
		} else {
			seat.Consensus = l.validatorKey()
		}
		state.Validators = append(state.Validators, member.ValidatorArgument{
			Bank: bank.ID, Consensus: seat.Consensus, Peer: seat.Peer, Address: fmt.Sprintf("127.0.0.1:%d", 26600+i),
		})
	}
	operator := l.enrolment("operator", record.MediumEnterprise, record.Operator, false)
	auditor := l.enrolment("auditor", record.PublicBody, record.Auditor, false)
	state.Members = append(state.Members,
		member.GenesisMember{EnrolArgument: operator}, member.GenesisMember{EnrolArgument: auditor})
	return chaincode.GenesisState{GenesisArgument: state}.Encode()
}

func (l *Ledger) validatorKey() []byte {
	l.Helper()
	key, err := credential.Generate(credential.EdDSA, l.random)
	if err != nil {
		l.Fatal(err)
	}
	spki := key.Public().SPKI()
	return spki[len(spki)-32:]
}

// enrolment makes a member's keys and the argument that enrols it.
func (l *Ledger) enrolment(alias string, class record.Class, roles record.Roles, reviewer bool) member.EnrolArgument {
	l.Helper()
	sum := sha256.Sum256([]byte(alias))
	id, err := number.CompleteSocialCredit(fmt.Sprintf("91330100%09d", uint32(sum[0])<<16|uint32(sum[1])<<8|uint32(sum[2])))
	if err != nil {
		l.Fatal(err)
	}
	l.IDs[alias] = id
	in := member.EnrolArgument{ID: id, Name: alias, Class: class, Roles: roles}
	add := func(person string, may record.PersonRoles) {
		in.Credentials = append(in.Credentials, l.credential(alias, person, may))
	}
	add("admin1", record.Admin)
	add("admin2", record.Admin)
	add("maker", record.Maker)
	add("checker", record.Checker)
	if reviewer {
		add("reviewer", record.Reviewer)
	}
	return in
}

func (l *Ledger) credential(alias, person string, may record.PersonRoles) member.CredentialArgument {
	l.Helper()
	key, err := credential.Generate(l.algorithm, l.random)
	if err != nil {
		l.Fatal(err)
	}
	possession, err := credential.SignPossession(key, Network, l.IDs[alias], person)
	if err != nil {
		l.Fatal(err)
	}
	l.Keys[alias+"/"+person] = key
	return member.CredentialArgument{
		Person: person, Roles: may, PublicKey: key.Public().SPKI(), Possession: possession,
		NotBefore: Start, NotAfter: Start.Add(5 * 365 * 24 * time.Hour),
	}
}

// Enrol enrols an enterprise as debtor and holder, sponsored by bank1.
func (l *Ledger) Enrol(alias string) {
	l.Helper()
	l.Must("bank1/maker", "member:Enrol", l.enrolment(alias, record.SmallEnterprise, record.Debtor|record.Holder, false))
}

// Sign makes a transaction of a person, named like "bank1/maker".
func (l *Ledger) Sign(who, function string, argument any) []byte {
	l.Helper()
	text, err := json.Marshal(argument)
	if err != nil {
		l.Fatal(err)
	}
	return l.SignPayload(who, jws.Payload{Network: Network, Function: function, Argument: text, Expires: int64(l.Now)/1000 + 600})
}

// SignPayload signs a payload as it is, with a new nonce.
func (l *Ledger) SignPayload(who string, p jws.Payload) []byte {
	l.Helper()
	key, ok := l.Keys[who]
	if !ok {
		l.Fatalf("nobody is called %s", who)
	}
	nonce, err := jws.NewNonce(rand.Reader)
	if err != nil {
		l.Fatal(err)
	}
	p.Nonce = nonce
	compact, _, err := jws.SignTransaction(key, p)
	if err != nil {
		l.Fatal(err)
	}
	return compact
}

// Block commits the next block with these transactions and returns what they
// did. Each block is a second after the one before.
func (l *Ledger) Block(txs ...[]byte) *execute.Result {
	l.Helper()
	b := execute.Block{Height: l.Store.Head().Height + 1, Time: l.Now, Txs: txs}
	r, err := l.Executor.Execute(b)
	if err != nil {
		l.Fatal(err)
	}
	if err := l.Executor.Commit(r); err != nil {
		l.Fatal(err)
	}
	l.Blocks = append(l.Blocks, b)
	l.Now = l.Now.Add(time.Second)
	return r
}

// Do commits one transaction in a block of its own and returns its outcome.
func (l *Ledger) Do(who, function string, argument any) record.Outcome {
	l.Helper()
	return l.Block(l.Sign(who, function, argument)).Outcomes[0]
}

// Must is Do for what has to succeed. The result is read into the pointers.
func (l *Ledger) Must(who, function string, argument any, into ...any) record.Outcome {
	l.Helper()
	o := l.Do(who, function, argument)
	if o.Code != 0 {
		l.Fatalf("%s by %s was refused: %s %s %s", function, who, code.Code(o.Code), o.Rule, o.Detail)
	}
	for _, v := range into {
		if err := json.Unmarshal(o.Result, v); err != nil {
			l.Fatalf("read the result of %s: %v", function, err)
		}
	}
	return o
}

// Approve proposes a function as one person and approves it as others, and
// returns the outcome of the last approval.
func (l *Ledger) Approve(who, function string, argument any, approvers ...string) record.Outcome {
	l.Helper()
	text, err := json.Marshal(argument)
	if err != nil {
		l.Fatal(err)
	}
	var made struct {
		ID       string        `json:"id"`
		Manifest record.Digest `json:"manifest"`
	}
	last := l.Must(who, "approval:Propose", map[string]any{"function": function, "argument": json.RawMessage(text)}, &made)
	for _, a := range approvers {
		last = l.Must(a, "approval:Approve", map[string]any{"id": made.ID, "manifest": made.Manifest})
	}
	return last
}

// Fingerprint makes a fingerprint for a test's invoice.
func Fingerprint(text string) record.Digest {
	return sha256.Sum256([]byte("invoice:" + text))
}

// Invoice records a contract and a verified invoice from seller to buyer and
// returns the ids of both.
func (l *Ledger) Invoice(buyer, seller, text, amount string) (contract string, invoice record.Digest) {
	l.Helper()
	document := record.Digest(sha256.Sum256([]byte("contract:" + buyer + seller)))
	contract = evidence.DocumentID(l.IDs[buyer], l.IDs[seller], document)
	day := l.Now.Date()
	o := l.Do(buyer+"/maker", "evidence:RecordContract", map[string]any{
		"buyer": l.IDs[buyer], "seller": l.IDs[seller], "document": document, "signed": day,
		"amount": "0.00", "termDays": 60, "agreed": true,
	})
	if o.Code != 0 && code.Code(o.Code) != code.AlreadyExists {
		l.Fatalf("record a contract: %s %s", code.Code(o.Code), o.Detail)
	}
	invoice = Fingerprint(text)
	l.Must(seller+"/maker", "evidence:RecordInvoice", map[string]any{
		"fingerprint": invoice, "scheme": 1, "epoch": 1, "seller": l.IDs[seller], "buyer": l.IDs[buyer],
		"contract": contract, "amount": amount, "date": day,
	})
	l.Must("bank1/reviewer", "evidence:Verify", map[string]any{
		"invoice": invoice, "kind": "tax-check", "good": true, "document": Fingerprint("answer:" + text),
	})
	return contract, invoice
}

// Issue issues a certificate of debtor to creditor over 90 days and has it
// accepted. The text names it.
func (l *Ledger) Issue(debtor, creditor, text, amount string, sequence int) (certificate string) {
	l.Helper()
	return l.IssueBacked("", "", debtor, creditor, text, amount, sequence)
}

// IssueBacked is Issue on a bank's credit line, none when bank and line are empty.
func (l *Ledger) IssueBacked(bank, line, debtor, creditor, text, amount string, sequence int) (certificate string) {
	l.Helper()
	contract, invoice := l.Invoice(debtor, creditor, text, amount)
	day := l.Now.Date()
	certificate, err := number.NewCertificate(l.IDs[debtor], day, sequence)
	if err != nil {
		l.Fatal(err)
	}
	in := map[string]any{
		"number": certificate, "creditor": l.IDs[creditor], "face": amount, "maturity": day.AddDays(90),
		"currency": "CNY", "reference": "ref-" + text, "contract": contract,
		"allocations": []map[string]any{{"invoice": invoice, "amount": amount}},
	}
	if line != "" {
		in["bank"], in["line"] = l.IDs[bank], line
	}
	l.Must(debtor+"/maker", "certificate:Issue", in)
	l.Must(creditor+"/maker", "certificate:Accept", map[string]any{"certificate": certificate})
	return certificate
}

// FirstKey is the first key of the committed state that starts with prefix, empty when
// there is none.
func (l *Ledger) FirstKey(prefix string) (found string) {
	l.Helper()
	err := l.Store.Scan(store.State, []byte(prefix), []byte(record.PrefixEnd(prefix)), func(key, _ []byte) (bool, error) {
		found = string(key)
		return false, nil
	})
	if err != nil {
		l.Fatal(err)
	}
	return found
}

// State is the committed state as text, one line a key, for comparing.
func (l *Ledger) State() string {
	l.Helper()
	var b strings.Builder
	err := l.Store.Scan(store.State, nil, nil, func(key, value []byte) (bool, error) {
		fmt.Fprintf(&b, "%s %x\n", key, value)
		return true, nil
	})
	if err != nil {
		l.Fatal(err)
	}
	return b.String()
}
