package certificate_test

import (
	"crypto/sha256"
	"testing"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// firms are the members of every test: a core enterprise and another debtor,
// three suppliers down the tiers, two banks and an auditor.
func firms() []membertest.Firm {
	return []membertest.Firm{
		{Name: "HANGZHOU", Roles: record.Funder, Class: record.LargeEnterprise, Validator: true},
		{Name: "SHANGHAI", Roles: record.Funder, Class: record.LargeEnterprise},
		{Name: "AUDIT", Roles: record.Auditor, Class: record.PublicBody},
		{Name: "CORE", Roles: record.Debtor, Class: record.LargeEnterprise, Sponsor: "HANGZHOU"},
		{Name: "CITY", Roles: record.Debtor | record.Holder, Class: record.PublicBody, Sponsor: "HANGZHOU"},
		{Name: "STEEL", Roles: record.Holder, Sponsor: "HANGZHOU"},
		{Name: "BOLTS", Roles: record.Holder, Sponsor: "HANGZHOU"},
		{Name: "ORE", Roles: record.Holder, Sponsor: "SHANGHAI"},
	}
}

// chain is a ledger in memory on which the tests run transactions.
type chain struct {
	*membertest.Network
	last record.Effects
}

func newChain(t testing.TB) *chain {
	t.Helper()
	return &chain{Network: membertest.New(t, firms()...)}
}

// signer is who runs an operation: a person such as "STEEL/maker", alone or with
// the approvers of a proposal.
type signer struct {
	person    string
	quorum    record.Quorum
	approvers []string // members
}

func alone(person string) signer { return signer{person: person} }

// run runs fn as one transaction and keeps what it wrote when it succeeds.
func run[In, Out any](
	c *chain, by signer, fn func(*world.World, In) (Out, error), in In,
) (out Out, err error) {
	c.last, err = c.Do(by.person, func(w *world.World) error {
		actor := w.Actor()
		actor.Quorum = by.quorum
		for _, name := range by.approvers {
			actor.Approvers = append(actor.Approvers, world.Person{Member: membertest.ID(name)})
		}
		return w.As(actor, func() (err error) {
			out, err = fn(w, in)
			return err
		})
	})
	return out, err
}

// look reads from the ledger without a transaction.
func look[T any](c *chain, fn func(*world.World) (T, error)) T {
	v, err := fn(c.World(world.Actor{System: true}))
	if err != nil {
		panic(err)
	}
	return v
}

func digest(name string) record.Digest { return sha256.Sum256([]byte(name)) }

// certNumber is the number of the debtor's n-th certificate of the day.
func certNumber(debtor string, day calendar.Date, n int) string {
	s, err := number.NewCertificate(membertest.ID(debtor), day, n)
	if err != nil {
		panic(err)
	}
	return s
}

// contractOf is the id of the one contract between two members.
func contractOf(buyer, seller string) string {
	return evidence.DocumentID(membertest.ID(buyer), membertest.ID(seller), digest(buyer+" buys of "+seller))
}

// trade records a contract, once, and a verified invoice under it.
func (c *chain) trade(t testing.TB, buyer, seller, invoice string, amount money.Fen) {
	t.Helper()
	known := look(c, func(w *world.World) (bool, error) {
		return world.Exists(w, record.ContractKey(contractOf(buyer, seller)))
	})
	today := c.Now.Date()
	if !known {
		_, err := run(c, alone(seller+"/maker"), evidence.RecordContract, evidence.ContractArgument{
			Buyer: membertest.ID(buyer), Seller: membertest.ID(seller), Document: digest(buyer + " buys of " + seller),
			Signed: today.AddDays(-30), TermDays: 60, Agreed: true,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := run(c, alone(seller+"/maker"), evidence.RecordInvoice, evidence.InvoiceArgument{
		Fingerprint: digest(invoice), Scheme: 1, Epoch: 1, Seller: membertest.ID(seller), Buyer: membertest.ID(buyer),
		Contract: contractOf(buyer, seller), Amount: amount, Date: today.AddDays(-1),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = run(c, alone("HANGZHOU/reviewer"), evidence.Verify, evidence.VerifyArgument{
		Invoice: digest(invoice), Kind: record.TaxCheck, Good: true, Document: digest("tax answer"),
	})
	if err != nil {
		t.Fatal(err)
	}
}

// grant opens a credit line of a bank for a debtor.
func (c *chain) grant(t testing.TB, bank, line, debtor string, limit money.Fen) {
	t.Helper()
	_, err := run(c, alone(bank+"/maker"), credit.Grant, credit.GrantArgument{
		ID: line, Debtor: membertest.ID(debtor), Limit: limit,
		From: c.Now.Date(), To: c.Now.Date().AddMonths(24),
	})
	if err != nil {
		t.Fatal(err)
	}
}

// sweep lapses everything that is due, as the ledger does at the start of a block.
func (c *chain) sweep() (lapsed []string, err error) {
	c.last, err = c.Do("", func(w *world.World) error {
		var due []record.Due
		err := world.Scan(w, record.DuePrefix(), record.DueEnd(c.Now), func(_ string, d *record.Due) (bool, error) {
			if !ofClearing(d) {
				due = append(due, *d)
			}
			return true, nil
		})
		for _, d := range due {
			if err == nil {
				err = certificate.Lapse(w, d)
			}
			lapsed = append(lapsed, d.ID)
		}
		return err
	})
	return lapsed, err
}

// ofClearing is what waits for a payment date: chaincode/clearing does it.
func ofClearing(d *record.Due) bool {
	return d.Kind == record.DueReminder || d.Kind == record.DueClearing
}
