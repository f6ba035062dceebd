package financing_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/chaincode/world"
)

// firms are the members of every test: two core enterprises, three suppliers down
// the tiers, three banks, a guarantor and an auditor. The bank of Beijing also
// issues certificates of its own and holds those of others.
func firms() []membertest.Firm {
	return []membertest.Firm{
		{Name: "HANGZHOU", Roles: record.Funder, Class: record.LargeEnterprise, Validator: true},
		{Name: "SHANGHAI", Roles: record.Funder, Class: record.LargeEnterprise, Validator: true},
		{Name: "BEIJING", Roles: record.Funder | record.Debtor | record.Holder, Class: record.LargeEnterprise},
		{Name: "AUDIT", Roles: record.Auditor, Class: record.PublicBody},
		{Name: "CORE", Roles: record.Debtor, Class: record.LargeEnterprise, Sponsor: "HANGZHOU"},
		{Name: "CITY", Roles: record.Debtor, Class: record.PublicBody, Sponsor: "HANGZHOU"},
		{Name: "STEEL", Roles: record.Holder, Sponsor: "HANGZHOU"},
		{Name: "BOLTS", Roles: record.Holder, Sponsor: "SHANGHAI"},
		{Name: "ORE", Roles: record.Holder, Sponsor: "SHANGHAI"},
		{Name: "GUARD", Roles: record.Guarantor, Sponsor: "HANGZHOU"},
	}
}

// bankOf says where each member has its account named main; a bank's own is at
// itself.
func bankOf(firm string) string {
	switch firm {
	case "BOLTS", "CITY":
		return "SHANGHAI"
	case "ORE":
		return "BEIJING"
	case "SHANGHAI", "BEIJING":
		return firm
	default:
		return "HANGZHOU"
	}
}

// chain is a ledger in memory on which the tests run transactions.
type chain struct {
	*membertest.Network
	last  record.Effects
	heard func(record.Effects) // is told of what every transaction reports, when set
}

// newChain is a network whose members all have an account that can be used at once.
func newChain(t testing.TB) *chain {
	t.Helper()
	c := &chain{Network: membertest.New(t, firms()...)}
	c.pack(t, func(p *record.Pack) { p.CoolingOffHours = 0 })
	for _, f := range firms() {
		c.open(t, f.Name, "main", bankOf(f.Name))
	}
	return c
}

// clone is the same ledger, from which the original stays apart.
func (c *chain) clone() *chain {
	return &chain{Network: c.Network.Clone()}
}

// pack changes the rule pack in force.
func (c *chain) pack(t testing.TB, change func(*record.Pack)) {
	t.Helper()
	w := c.World(world.Actor{System: true})
	pack, err := world.Find(w, record.PackKey(1))
	if err != nil {
		t.Fatal(err)
	}
	change(pack)
	world.Put(w, record.PackKey(1), pack)
	if _, err := w.Flush(); err != nil {
		t.Fatal(err)
	}
}

// open registers an account, which its bank confirms.
func (c *chain) open(t testing.TB, firm, account, bank string) {
	t.Helper()
	by := membertest.Signer{Person: firm + "/maker", Quorum: record.QuorumChecker}
	_, err := run(c, by, member.ProposeAccount, member.ProposeAccountArgument{
		ID: account, Bank: membertest.ID(bank), Commitment: digest(firm + account), Sealed: []byte("number"),
	})
	if err == nil {
		_, err = run(c, alone(bank+"/maker"), member.ConfirmAccount, member.AccountArgument{
			Member: membertest.ID(firm), Account: account,
		})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func alone(person string) membertest.Signer { return membertest.Signer{Person: person} }

func maker(firm string) membertest.Signer { return alone(firm + "/maker") }

// agreed is a proposal of one firm that another has approved.
func agreed(firm, other string) membertest.Signer {
	return membertest.Signer{Person: firm + "/maker", Quorum: record.QuorumCounterparty, Approvers: []string{other}}
}

// court is an order that one institution enters and another confirms.
func court() membertest.Signer {
	return membertest.Signer{Person: "HANGZHOU/maker", Quorum: record.QuorumInstitution, Approvers: []string{"AUDIT"}}
}

// run runs fn as one transaction and keeps what it wrote when it succeeds.
func run[In, Out any](c *chain, by membertest.Signer, fn func(*world.World, In) (Out, error), in In) (out Out, err error) {
	out, c.last, err = membertest.Run(c.Network, by, fn, in)
	c.tell(err)
	return out, err
}

func (c *chain) tell(err error) {
	if err == nil && c.heard != nil {
		c.heard(c.last)
	}
}

func (c *chain) financing(id string) *record.Financing {
	return membertest.Look(c, func(w *world.World) (*record.Financing, error) { return financing.Get(w, id) })
}

func (c *chain) settlement(id string) *record.Settlement {
	return membertest.Look(c, func(w *world.World) (*record.Settlement, error) { return settlement.Get(w, id) })
}

func (c *chain) holdings(certificateNumber string) []record.Holding {
	return membertest.Look(c, func(w *world.World) ([]record.Holding, error) { return certificate.Holdings(w, certificateNumber) })
}

// leg names fen as their owner sees them now: with the holding that has them.
func (c *chain) leg(certificateNumber string, fen interval.Interval) record.Leg {
	leg := record.Leg{Certificate: certificateNumber, Interval: fen, Holding: 1, Version: 1}
	for _, h := range membertest.List[record.Holding](c, record.HoldingsPrefix(certificateNumber)) {
		if h.Interval.Contains(interval.Of(fen.From, fen.From)) {
			leg.Holding, leg.Version = h.ID, h.Version
		}
	}
	return leg
}

// flow gives a function of the value flow what lies behind settlements, as the
// dispatcher does.
func flow[In, Out any](fn func(*world.World, settlement.Agreements, In) (Out, error)) func(*world.World, In) (Out, error) {
	return func(w *world.World, in In) (Out, error) { return fn(w, financing.Flow{}, in) }
}

// ending has financings follow a court's order, as the dispatcher does.
func ending[In any](
	fn func(*world.World, In) (certificate.OrderResult, error),
) func(*world.World, In) (certificate.OrderResult, error) {
	return func(w *world.World, in In) (certificate.OrderResult, error) {
		out, err := fn(w, in)
		for _, id := range out.Ended {
			s, loading := settlement.Get(w, id)
			if loading != nil {
				return out, loading
			}
			if err == nil {
				err = financing.Flow{}.Ended(w, s)
			}
		}
		return out, err
	}
}

// sweep ends everything that is due, as the ledger does at the start of a block.
func (c *chain) sweep() (ended []string, err error) {
	c.last, err = c.Do("", func(w *world.World) error {
		var due []record.Due
		err := world.Scan(w, record.DuePrefix(), record.DueEnd(c.Now), func(_ string, d *record.Due) (bool, error) {
			if !ofClearing(d) {
				due = append(due, *d)
			}
			return true, nil
		})
		for _, d := range due {
			if err != nil {
				return err
			}
			err = lapse(w, d)
			ended = append(ended, d.ID)
		}
		return err
	})
	c.tell(err)
	return ended, err
}

// ofClearing is what waits for a payment date: chaincode/clearing does it.
func ofClearing(d *record.Due) bool {
	return d.Kind == record.DueReminder || d.Kind == record.DueClearing
}

func lapse(w *world.World, d record.Due) error {
	switch d.Kind {
	case record.DueQuote:
		return financing.LapseQuote(w, d)
	case record.DueSettlement, record.DueStale:
		return settlement.Lapse(w, financing.Flow{}, d)
	default:
		return certificate.Lapse(w, d)
	}
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

// trade records a contract between two firms, once, and a verified invoice for the
// amount under it, and returns both.
func (c *chain) trade(buyer, seller, invoice string, amount money.Fen) (contract string, cover record.Allocation, err error) {
	document := digest(buyer + " buys of " + seller)
	contract = evidence.DocumentID(membertest.ID(buyer), membertest.ID(seller), document)
	known := membertest.Look(c, func(w *world.World) (bool, error) { return world.Exists(w, record.ContractKey(contract)) })
	if !known {
		_, err = run(c, maker(seller), evidence.RecordContract, evidence.ContractArgument{
			Buyer: membertest.ID(buyer), Seller: membertest.ID(seller), Document: document,
			Signed: c.Now.Date().AddDays(-30), TermDays: 60, Agreed: true,
		})
	}
	if err == nil {
		_, err = run(c, maker(seller), evidence.RecordInvoice, evidence.InvoiceArgument{
			Fingerprint: digest(invoice), Scheme: 1, Epoch: 1, Seller: membertest.ID(seller), Buyer: membertest.ID(buyer),
			Contract: contract, Amount: amount, Date: c.Now.Date().AddDays(-1),
		})
	}
	if err == nil {
		_, err = run(c, alone("HANGZHOU/reviewer"), evidence.Verify, evidence.VerifyArgument{
			Invoice: digest(invoice), Kind: record.TaxCheck, Good: true, Document: digest("tax answer"),
		})
	}
	return contract, record.Allocation{Invoice: digest(invoice), Amount: amount}, err
}

// paper is a certificate to be issued and accepted.
type paper struct {
	number, debtor, holder string
	face                   money.Fen
	maturity               calendar.Date
	bank, line             string // of a credit line, or empty
	unaccepted             bool
}

// issue makes a certificate with its trade behind it, and its holder accepts it.
func (c *chain) issue(p paper) (calendar.Date, error) {
	contract, cover, err := c.trade(p.debtor, p.holder, "invoice of "+p.number, p.face)
	if err != nil {
		return 0, fmt.Errorf("trade: %w", err)
	}
	in := certificate.IssueArgument{
		Number: p.number, Creditor: membertest.ID(p.holder), Face: p.face, Maturity: p.maturity, Currency: "CNY",
		Reference: "payment " + p.number, Contract: contract, Allocations: []record.Allocation{cover}, Line: p.line,
	}
	if p.bank != "" {
		in.Bank = membertest.ID(p.bank)
	}
	out, err := run(c, maker(p.debtor), certificate.Issue, in)
	if err != nil || p.unaccepted {
		return out.Payment, err
	}
	_, err = run(c, maker(p.holder), certificate.Accept, certificate.CertificateArgument{Certificate: p.number})
	return out.Payment, err
}

// grant opens a credit line of a bank for a debtor.
func (c *chain) grant(bank, line, debtor string, limit money.Fen) error {
	_, err := run(c, maker(bank), credit.Grant, credit.GrantArgument{
		ID: line, Debtor: membertest.ID(debtor), Limit: limit, From: c.Now.Date(), To: c.Now.Date().AddMonths(24),
	})
	return err
}

// saltOf is the salt of a bank's quote in the tests: it follows from names.
func saltOf(financingID, bank string) financing.Salt {
	sum := digest("salt " + financingID + bank)
	return financing.Salt(sum[:financing.SaltSize])
}

// advice is the advice that fits a settlement.
func advice(s *record.Settlement, reference string, credited calendar.Instant) settlement.AdviceArgument {
	return settlement.AdviceArgument{
		Settlement: s.ID, Reference: reference, Amount: s.Amount, Payer: s.Payer, PayerAccount: s.PayerAccount,
		Payee: s.Payee, PayeeAccount: s.PayeeAccount, Credited: credited,
	}
}

// nameOf is the name of the firm with the id.
func nameOf(id string) string {
	i := slices.IndexFunc(firms(), func(f membertest.Firm) bool { return membertest.ID(f.Name) == id })
	if i < 0 {
		return id
	}
	return firms()[i].Name
}
