package clearing_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/registration"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/chaincode/world"
)

// firms are the members of every test: two debtors, suppliers, three banks, a guarantor
// and an auditor. NEW has no account to which it can be paid.
func firms() []membertest.Firm {
	return []membertest.Firm{
		{Name: "HANGZHOU", Roles: record.Funder, Class: record.LargeEnterprise, Validator: true},
		{Name: "SHANGHAI", Roles: record.Funder, Class: record.LargeEnterprise, Validator: true},
		{Name: "BEIJING", Roles: record.Funder, Class: record.LargeEnterprise},
		{Name: "AUDIT", Roles: record.Auditor, Class: record.PublicBody},
		{Name: "CORE", Roles: record.Debtor, Class: record.LargeEnterprise, Sponsor: "HANGZHOU"},
		{Name: "CITY", Roles: record.Debtor, Class: record.PublicBody, Sponsor: "HANGZHOU"},
		{Name: "STEEL", Roles: record.Holder, Sponsor: "HANGZHOU"},
		{Name: "BOLTS", Roles: record.Holder, Sponsor: "SHANGHAI"},
		{Name: "ORE", Roles: record.Holder, Sponsor: "SHANGHAI"},
		{Name: "NEW", Roles: record.Holder, Sponsor: "SHANGHAI"},
		{Name: "GUARD", Roles: record.Guarantor, Sponsor: "HANGZHOU"},
	}
}

// smalls are n small suppliers.
func smalls(n int) []membertest.Firm {
	var list []membertest.Firm
	for i := range n {
		list = append(list, membertest.Firm{Name: fmt.Sprintf("SME%02d", i+1), Roles: record.Holder, Sponsor: "HANGZHOU"})
	}
	return list
}

// bankOf says where each member has its account named main; a bank's own is at itself.
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
	firms []membertest.Firm
	small bool // a block divides over some fifty claims only
	last  record.Effects
	heard func(record.Effects) // is told of what every transaction reports, when set
}

// newChain is a network whose members all have an account that can be used at once.
func newChain(t testing.TB, more ...membertest.Firm) *chain {
	t.Helper()
	all := append(firms(), more...)
	c := &chain{Network: membertest.New(t, all...), firms: all}
	c.pack(t, func(p *record.Pack) { p.CoolingOffHours = 0 })
	for _, f := range all {
		if f.Name == "NEW" {
			continue
		}
		if err := c.open(f.Name, "main", bankOf(f.Name)); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// clone is the same ledger, from which the original stays apart.
func (c *chain) clone() *chain {
	return &chain{Network: c.Network.Clone(), firms: c.firms, small: c.small}
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
func (c *chain) open(firm, account, bank string) error {
	_, err := run(c, checked(firm), member.ProposeAccount, member.ProposeAccountArgument{
		ID: account, Bank: membertest.ID(bank), Commitment: digest(firm + account), Sealed: []byte("number"),
	})
	if err == nil {
		_, err = run(c, maker(bank), member.ConfirmAccount, member.AccountArgument{Member: membertest.ID(firm), Account: account})
	}
	return err
}

func alone(person string) membertest.Signer { return membertest.Signer{Person: person} }

func maker(firm string) membertest.Signer { return alone(firm + "/maker") }

// checked is a maker whose proposal a checker of the firm has approved.
func checked(firm string) membertest.Signer {
	return membertest.Signer{Person: firm + "/maker", Quorum: record.QuorumChecker}
}

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
	if err == nil && c.heard != nil {
		c.heard(c.last)
	}
	return out, err
}

func (c *chain) settlement(id string) *record.Settlement {
	return membertest.Look(c, func(w *world.World) (*record.Settlement, error) { return settlement.Get(w, id) })
}

func (c *chain) holdings(number string) []record.Holding {
	return membertest.Look(c, func(w *world.World) ([]record.Holding, error) { return certificate.Holdings(w, number) })
}

// leg names fen as their owner sees them now: with the holding that has them.
func (c *chain) leg(number string, fen interval.Interval) record.Leg {
	leg := record.Leg{Certificate: number, Interval: fen, Holding: 1, Version: 1}
	for _, h := range membertest.List[record.Holding](c, record.HoldingsPrefix(number)) {
		if h.Interval.Contains(interval.Of(fen.From, fen.From)) {
			leg.Holding, leg.Version = h.ID, h.Version
		}
	}
	return leg
}

// flow gives a function of the value flow what lies behind settlements, as the dispatcher
// does.
func flow[In, Out any](fn func(*world.World, settlement.Agreements, In) (Out, error)) func(*world.World, In) (Out, error) {
	return func(w *world.World, in In) (Out, error) { return fn(w, clearing.Flow{}, in) }
}

// ending has financings follow a court's order, as the dispatcher does.
func ending[In any](fn func(*world.World, In) (certificate.OrderResult, error)) func(*world.World, In) (certificate.OrderResult, error) {
	return func(w *world.World, in In) (certificate.OrderResult, error) {
		out, err := fn(w, in)
		for _, id := range out.Ended {
			s, loading := settlement.Get(w, id)
			if loading != nil {
				return out, loading
			}
			if err == nil {
				err = clearing.Flow{}.Ended(w, s)
			}
		}
		return out, err
	}
}

// sweep ends everything that is due, as the ledger does at the start of a block, and puts
// off what a division of funds stands in the way of. What it could not do is an error.
func (c *chain) sweep() (ended []string, err error) {
	c.last, err = c.Do("", func(w *world.World) error {
		var due []record.Due
		err := world.Scan(w, record.DuePrefix(), record.DueEnd(c.Now), func(_ string, d *record.Due) (bool, error) {
			due = append(due, *d)
			return true, nil
		})
		for _, d := range due {
			if err != nil {
				return err
			}
			if err = w.Try(func() error { return c.lapse(w, d) }); code.RunDividing.Is(err) {
				w.RemoveDue(d.At, d.Kind, d.ID)
				w.AddDue(c.Now+10_000, d.Kind, d.ID)
				err = nil
				continue
			}
			ended = append(ended, d.ID)
		}
		return err
	})
	if err == nil && c.heard != nil {
		c.heard(c.last)
	}
	return ended, err
}

func (c *chain) lapse(w *world.World, d record.Due) error {
	switch d.Kind {
	case record.DueQuote:
		return financing.LapseQuote(w, d)
	case record.DueSettlement, record.DueStale:
		return settlement.Lapse(w, clearing.Flow{}, d)
	case record.DueReminder:
		return clearing.Remind(w, d)
	case record.DueClearing:
		return clearing.Enter(w, clearing.Flow{}, d)
	case record.DueRound:
		if c.small {
			return clearing.GoOn(w, d, 200)
		}
		return clearing.Divide(w, d)
	case record.DueExtension:
		return clearing.LapseExtension(w, d)
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

// trade records a contract between two firms, once, and a verified invoice for the amount
// under it, and returns both.
func (c *chain) trade(buyer, seller, invoice string, amount money.Fen, late money.Rate) (contract string, cover record.Allocation, err error) {
	document := digest(fmt.Sprintf("%s buys of %s, late interest %s", buyer, seller, late))
	contract = evidence.DocumentID(membertest.ID(buyer), membertest.ID(seller), document)
	if membertest.Find(c, record.ContractKey(contract)) == nil {
		_, err = run(c, maker(seller), evidence.RecordContract, evidence.ContractArgument{
			Buyer: membertest.ID(buyer), Seller: membertest.ID(seller), Document: document,
			Signed: c.Now.Date().AddDays(-30), TermDays: 60, Agreed: true, LateRate: late,
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
	late                   money.Rate
	unaccepted             bool
}

// issue makes a certificate with its trade behind it, and its holder accepts it.
func (c *chain) issue(p paper) (calendar.Date, error) {
	contract, cover, err := c.trade(p.debtor, p.holder, "invoice of "+p.number, p.face, p.late)
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

// transfer moves fen from one supplier to another, who accepts them.
func (c *chain) transfer(from, to, invoice string, legs []record.Leg, accepted bool) (string, error) {
	_, cover, err := c.trade(from, to, invoice, certificate.LegsAmount(legs), 0)
	if err != nil {
		return "", err
	}
	out, err := run(c, maker(from), certificate.Transfer, certificate.TransferArgument{
		To: membertest.ID(to), Reference: "purchase", Legs: legs, Allocations: []record.Allocation{cover},
	})
	if err == nil && accepted {
		_, err = run(c, maker(to), certificate.AcceptTransfer, certificate.OfferArgument{ID: out.ID})
	}
	return out.ID, err
}

// grant opens a credit line of a bank for a debtor.
func (c *chain) grant(bank, line, debtor string, limit money.Fen) error {
	_, err := run(c, maker(bank), credit.Grant, credit.GrantArgument{
		ID: line, Debtor: membertest.ID(debtor), Limit: limit, From: c.Now.Date(), To: c.Now.Date().AddMonths(24),
	})
	return err
}

// How far finance carries a financing.
const (
	stageAgreed     = "agreed"
	stageInstructed = "instructed"
	stagePaid       = ""
)

// finance posts a rate of a bank's with the terms, takes it for the holder, and carries it
// as far as the stage says.
func (c *chain) finance(holder, bank string, terms record.Terms, legs []record.Leg, stage string) (string, error) {
	rate := fmt.Sprintf("rate%d", len(membertest.List[record.PostedRate](c, record.RatesPrefix(""))))
	if _, err := run(c, maker(bank), financing.PostRate, financing.RateArgument{
		ID: rate, MaxDays: 400, Min: 1, Max: 1 << 50, Terms: terms, Account: "main", From: c.Now.Date(), Until: c.Now.Date().AddDays(60),
	}); err != nil {
		return "", err
	}
	dated := terms
	dated.ValueDate = c.Now.Date()
	var parts []financing.Part
	for _, leg := range legs {
		cert := membertest.Find(c, record.CertificateKey(leg.Certificate))
		if cert == nil {
			return "", code.NotFound.New("certificate %s", leg.Certificate)
		}
		parts = append(parts, financing.Part{Amount: leg.Interval.Amount(), Payment: cert.Payment})
	}
	cost, err := financing.CostOf(dated, parts)
	if err != nil {
		return "", err
	}
	out, err := run(c, maker(holder), financing.TakeRate, financing.TakeRateArgument{
		Bank: membertest.ID(bank), Rate: rate, Terms: terms, Legs: legs, Account: "main", Net: cost.Net,
	})
	if err != nil || stage == stageAgreed {
		return out.ID, err
	}
	return out.ID, c.carry(out.ID, bank, terms, stage)
}

// carry has the guarantor sign, the bank register and instruct, and the holder's bank
// credit a financing.
func (c *chain) carry(id, bank string, terms record.Terms, stage string) error {
	if terms.Guarantor != "" {
		in := financing.ConsentArgument{ID: id, Account: "main"}
		if _, err := run(c, maker(c.nameOf(terms.Guarantor)), financing.Guarantee, in); err != nil {
			return err
		}
	}
	for _, kind := range []record.RegistrationKind{record.RegistrationSearch, record.RegistrationInitial} {
		in := registration.Argument{Financing: id, Kind: kind, Number: "R-" + kind.String(), Entered: c.Now, Proof: digest("proof")}
		if kind == record.RegistrationInitial {
			in.Until = c.Now.Date().AddMonths(24)
		}
		if _, err := run(c, maker(bank), registration.Record, in); err != nil {
			return err
		}
	}
	if err := c.instruct(id); err != nil || stage == stageInstructed {
		return err
	}
	return c.credit(id, "ref of "+id)
}

// instruct has the payer's bank instruct a settlement.
func (c *chain) instruct(id string) error {
	_, err := run(c, maker(c.nameOf(c.settlement(id).PayerBank)), flow(settlement.Instruct), settlement.Argument{ID: id})
	return err
}

// credit has the payee's bank say that all of a settlement arrived.
func (c *chain) credit(id, reference string) error {
	s := c.settlement(id)
	_, err := run(c, maker(c.nameOf(s.PayeeBank)), flow(settlement.Advise), settlement.AdviceArgument{
		Settlement: s.ID, Reference: reference, Amount: s.Amount, Payer: s.Payer, PayerAccount: s.PayerAccount,
		Payee: s.Payee, PayeeAccount: s.PayeeAccount, Credited: c.Now,
	})
	return err
}

// plain are the terms of a sale without recourse at 3 % a year, interest prepaid.
func plain() record.Terms {
	return record.Terms{
		Kind: record.SaleWithoutRecourse, Rate: 3 * 10_000, Basis: 360, Interest: record.InterestPrepaid, Advance: financing.Whole,
		SupplierInterest: financing.Whole, SupplierFee: financing.Whole, Contract: digest("contract"),
	}
}

// nameOf is the name of the firm with the id.
func (c *chain) nameOf(id string) string {
	i := slices.IndexFunc(c.firms, func(f membertest.Firm) bool { return membertest.ID(f.Name) == id })
	if i < 0 {
		return id
	}
	return c.firms[i].Name
}
