package command

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/tierledger/tierledger/chaincode/approval"
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/network/devnet"
	"github.com/tierledger/tierledger/node/client"
)

// The amounts of the story, in fen.
const (
	storyLine     money.Fen = 5_000_000_00
	storyFace     money.Fen = 1_000_000_00
	storyPolicy   money.Fen = 500_000_00 // from here on the core enterprise needs a checker
	storyKept     money.Fen = 400_000_00
	storyTier2    money.Fen = 600_000_00
	storyTier3    money.Fen = 250_000_00
	storyTermDays           = 90
)

// lastStep is the name of the story's last transaction.
const lastStep = "accept another"

// actor is an enterprise of the story and the bank through whose node it works.
type actor struct {
	devnet.Member
	roles record.Roles
	bank  string // alias
}

// cast are the enterprises of the story. No enterprise has these names.
func cast() []actor {
	return []actor{
		{devnet.Member{Alias: "core", Name: "长风重工集团", Class: record.LargeEnterprise}, record.Debtor, "bank1"},
		{devnet.Member{Alias: "supplier1", Name: "华光精密机械", Class: record.MediumEnterprise}, record.Holder, "bank2"},
		{devnet.Member{Alias: "supplier2", Name: "恒信铸造", Class: record.SmallEnterprise}, record.Holder, "bank3"},
		{devnet.Member{Alias: "supplier3", Name: "青田五金加工厂", Class: record.MicroEnterprise}, record.Holder, "bank4"},
	}
}

// story is one certificate's life on a devnet, from its issue to the payment of who holds
// it, every step signed by the party whose step it is and sent through that party's bank.
type story struct {
	app     *app
	devnet  *devnet.Devnet
	dir     string
	journal *journal
	say     func(format string, args ...any)
	began   calendar.Date    // the day of the trades: that of the genesis
	today   calendar.Date    // the ledger's
	members map[string]actor // by alias
	replies replyKeys
	open    func(as string) (*session, error)
	forget  func() // what is known of the ledger's time

	asked, taken string        // ids of the financings: by sealed quotes, at a posted rate
	payment      calendar.Date // of the certificate
	another      string        // certificate that is issued when the first one is paid
}

// trade is what lies behind one hop: who buys, who sells, and for how much.
type trade struct {
	buyer, seller string // aliases
	amount        money.Fen
}

// trades are the deals behind the certificate and its two transfers.
func trades() []trade {
	return []trade{
		{"core", "supplier1", 1_200_000_00},
		{"supplier1", "supplier2", 680_000_00},
		{"supplier2", "supplier3", 250_000_00},
	}
}

// run tells the story and returns the number of its certificate.
func (s *story) run(ctx context.Context) (string, error) {
	parts := []func(context.Context) error{s.enrol, s.prepare, s.accounts, s.evidence}
	for _, part := range parts {
		if err := part(ctx); err != nil {
			return "", err
		}
	}
	issued, err := s.issue(ctx)
	if err != nil {
		return "", err
	}
	if err := s.passOn(ctx, issued); err != nil {
		return "", err
	}
	if err := s.finance(ctx, issued); err != nil {
		return "", err
	}
	if err := s.clear(ctx); err != nil {
		return "", err
	}
	s.another, err = s.issueAnother(ctx)
	return issued, err
}

// send runs one step: it signs the function as the person, unless that was done
// before, and waits until the step is final.
func (s *story) send(ctx context.Context, name, person, function string, argument, result any) error {
	done := s.journal.get(name)
	if done.Result == nil {
		var err error
		if done, err = s.settle(ctx, name, person, function, argument, done); err != nil {
			return fmt.Errorf("%s (%s, as %s): %w", name, function, person, err)
		}
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(done.Result, result); err != nil {
		return fmt.Errorf("%s: read the result of %s: %w", name, function, err)
	}
	return nil
}

func (s *story) settle(ctx context.Context, name, person, function string, argument any, done step) (step, error) {
	session, err := s.open(person)
	if err != nil {
		return done, err
	}
	if done.Transaction != "" { // signed before an interruption
		done.Result, err = session.submit(ctx, done.Transaction)
		if err == nil {
			return done, s.journal.put(name, done)
		}
		if refusal := code.Of(err); refusal == nil || exitOf(refusal.Code) != exitRefused {
			return done, err // it may still become final
		}
	}
	if done.Transaction, err = session.sign(ctx, function, argument); err != nil {
		return done, err
	}
	if err := s.journal.put(name, done); err != nil {
		return done, err
	}
	if done.Result, err = session.submit(ctx, done.Transaction); err != nil {
		return done, err
	}
	return done, s.journal.put(name, done)
}

// each runs a step of several parties at once.
func each[T any](ctx context.Context, list []T, run func(ctx context.Context, i int, item T) error) error {
	errs := make([]error, len(list))
	var all sync.WaitGroup
	for i, item := range list {
		all.Go(func() { errs[i] = run(ctx, i, item) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// enrol makes keys for the enterprises and has their banks enrol them.
func (s *story) enrol(ctx context.Context) error {
	arguments := make([]member.EnrolArgument, len(cast()))
	for i, c := range cast() {
		var err error
		if c.ID, err = devnet.CodeFor(s.devnet.Genesis.Network, c.Alias); err != nil {
			return err
		}
		if arguments[i], err = s.devnet.Enrolment(c.Member, c.roles, s.devnet.Genesis.Time); err != nil {
			return err
		}
		s.members[c.Alias] = c
	}
	err := each(ctx, cast(), func(ctx context.Context, i int, c actor) error {
		return s.send(ctx, "enrol "+c.Alias, c.bank+"/maker", "member:Enrol", arguments[i], nil)
	})
	if err != nil {
		return err
	}
	for _, c := range cast() {
		s.say("%s enrols %s (%s, %s)", s.name(c.bank), c.Name, c.Alias, c.Class)
	}
	return nil
}

func (s *story) name(alias string) string {
	if m, ok := s.devnet.Member(alias); ok {
		return m.Name
	}
	return alias
}

func (s *story) id(alias string) string { return s.members[alias].ID }

// prepare grants the credit line and sets the core enterprise's policy.
func (s *story) prepare(ctx context.Context) error {
	policy := member.SetPolicyArgument{Rules: []record.PolicyRule{{Function: "certificate:Issue", From: storyPolicy}}}
	err := each(ctx, []func(context.Context) error{
		func(ctx context.Context) error {
			return s.send(ctx, "grant a line", "bank1/maker", "credit:Grant", credit.GrantArgument{
				ID: "L1", Debtor: s.id("core"), Limit: storyLine, From: s.began, To: s.began.AddMonths(12),
			}, nil)
		},
		func(ctx context.Context) error {
			return s.together(ctx, "set the policy", "core/admin1", "core/admin2", "member:SetPolicy", policy, nil)
		},
	}, func(ctx context.Context, _ int, run func(context.Context) error) error { return run(ctx) })
	if err != nil {
		return err
	}
	s.say("%s grants %s a credit line of ¥%s", s.name("bank1"), s.name("core"), storyLine.Human())
	s.say("%s: from ¥%s on, an issue needs a checker (admin1 proposes, admin2 approves)", s.name("core"), storyPolicy.Human())
	return nil
}

// together proposes a function as one person and approves it as another.
func (s *story) together(ctx context.Context, name, maker, checker, function string, argument, result any) error {
	var proposed approval.ProposeResult
	stored, err := canonical(function, argument)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	err = s.send(ctx, name+": propose", maker, "approval:Propose", approval.ProposeArgument{Function: function, Argument: stored}, &proposed)
	if err != nil {
		return err
	}
	var decided approval.Result
	err = s.send(ctx, name+": approve", checker, "approval:Approve", approval.ApproveArgument{
		ID: proposed.ID, Manifest: proposed.Manifest,
	}, &decided)
	if err != nil {
		return err
	}
	if decided.State != record.ProposalExecuted {
		return fmt.Errorf("%s: proposal %s is %s: %s %s", name, proposed.ID, decided.State, decided.Code, decided.Detail)
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(decided.Outcome, result); err != nil {
		return fmt.Errorf("%s: read the outcome: %w", name, err)
	}
	return nil
}

// document is the hash of a paper of the story.
func document(kind string, t trade) record.Digest {
	return sha256.Sum256([]byte(kind + " " + t.buyer + " " + t.seller))
}

// evidence records contract, delivery and invoice of every trade; a bank verifies
// the invoices.
func (s *story) evidence(ctx context.Context) error {
	err := each(ctx, trades(), func(ctx context.Context, i int, t trade) error {
		label := t.buyer + " buys from " + t.seller + ": "
		contract := s.contract(t)
		err := s.send(ctx, label+"contract", t.buyer+"/maker", "evidence:RecordContract", contract, nil)
		if err != nil {
			return err
		}
		id := evidence.DocumentID(contract.Buyer, contract.Seller, contract.Document)
		var delivered evidence.DocumentResult
		err = s.send(ctx, label+"delivery", t.buyer+"/maker", "evidence:RecordDelivery", evidence.DeliveryArgument{
			Contract: id, Document: document("delivery", t), Accepted: s.began, Amount: t.amount,
		}, &delivered)
		if err != nil {
			return err
		}
		return s.invoice(ctx, label, i, t, id, delivered.ID)
	})
	if err != nil {
		return err
	}
	for _, t := range trades() {
		s.say("%s bought from %s for ¥%s: contract, delivery and invoice recorded, invoice verified by %s",
			s.name(t.buyer), s.name(t.seller), t.amount.Human(), s.name(s.members[t.seller].bank))
	}
	return nil
}

func (s *story) contract(t trade) evidence.ContractArgument {
	return evidence.ContractArgument{
		Buyer: s.id(t.buyer), Seller: s.id(t.seller), Document: document("contract", t), Signed: s.began,
		Amount: t.amount, TermDays: storyTermDays, Agreed: true,
	}
}

// invoice registers an invoice by the fingerprint that the seller's bank makes,
// and has a reviewer of the bank verify it.
func (s *story) invoice(ctx context.Context, label string, i int, t trade, contract, delivery string) error {
	seller, err := s.open(t.seller + "/maker")
	if err != nil {
		return err
	}
	print, err := seller.fingerprint(ctx, s.facts(i, t))
	if err != nil {
		return fmt.Errorf("%sfingerprint: %w", label, err)
	}
	err = s.send(ctx, label+"invoice", t.seller+"/maker", "evidence:RecordInvoice", evidence.InvoiceArgument{
		Fingerprint: print.Fingerprints[0].Fingerprint, OtherFingerprint: print.Fingerprints[0].Other(),
		Scheme: print.Scheme, Epoch: print.Epoch,
		Seller: s.id(t.seller), Buyer: s.id(t.buyer), Contract: contract, Delivery: delivery,
		Amount: t.amount, Date: s.began,
	}, nil)
	if err != nil {
		return err
	}
	return s.send(ctx, label+"verification", s.members[t.seller].bank+"/reviewer", "evidence:Verify", evidence.VerifyArgument{
		Invoice: print.Fingerprints[0].Fingerprint, Kind: record.TaxCheck, Good: true, Document: document("tax check", t),
		Others: print.Fingerprints[0].Earlier,
	}, nil)
}

func (s *story) facts(i int, t trade) client.InvoiceFacts {
	return client.InvoiceFacts{
		Number: fmt.Sprintf("26332000000000%06d", i+1), Date: s.began,
		Seller: s.id(t.seller), Buyer: s.id(t.buyer), Amount: t.amount,
	}
}

// cover allocates the trade's invoice to a payment.
func (s *story) cover(ctx context.Context, hop int, amount money.Fen) ([]record.Allocation, error) {
	t := trades()[hop]
	seller, err := s.open(t.seller + "/maker")
	if err != nil {
		return nil, err
	}
	print, err := seller.fingerprint(ctx, s.facts(hop, t))
	if err != nil {
		return nil, err
	}
	return []record.Allocation{{Invoice: print.Fingerprints[0].Fingerprint, Amount: amount}}, nil
}

// issue has the core enterprise issue under dual control, and its supplier accept.
func (s *story) issue(ctx context.Context) (string, error) {
	name, err := number.NewCertificate(s.id("core"), s.today, 1)
	if err != nil {
		return "", err
	}
	cover, err := s.cover(ctx, 0, storyFace)
	if err != nil {
		return "", err
	}
	contract := s.contract(trades()[0])
	var issued certificate.IssueResult
	err = s.together(ctx, "issue", "core/maker", "core/checker", "certificate:Issue", certificate.IssueArgument{
		Number: name, Creditor: s.id("supplier1"), Face: storyFace, IssueDate: s.today,
		Maturity: s.today.AddDays(storyTermDays), Currency: "CNY", Reference: "AP-0001",
		Contract: evidence.DocumentID(contract.Buyer, contract.Seller, contract.Document),
		Bank:     s.bankID("bank1"), Line: "L1", Allocations: cover,
	}, &issued)
	if err != nil {
		return "", err
	}
	s.say("%s issues ¥%s: maker proposes, checker approves", s.name("core"), storyFace.Human())
	s.payment = issued.Payment
	s.say("certificate %s, payable on %s", issued.Certificate, issued.Payment)
	err = s.send(ctx, "accept", "supplier1/maker", "certificate:Accept",
		certificate.CertificateArgument{Certificate: issued.Certificate}, nil)
	if err != nil {
		return "", err
	}
	s.say("%s accepts it", s.name("supplier1"))
	return issued.Certificate, nil
}

func (s *story) bankID(alias string) string {
	m, _ := s.devnet.Member(alias)
	return m.ID
}

// passOn splits what the first holder has and transfers it down two tiers.
func (s *story) passOn(ctx context.Context, issued string) error {
	holding, err := s.holding(ctx, "supplier1", issued)
	if err != nil {
		return err
	}
	var split certificate.PiecesResult
	err = s.send(ctx, "split", "supplier1/maker", "certificate:Split", certificate.SplitArgument{
		Certificate: issued, Holding: holding.ID, Version: holding.Version, Interval: holding.Interval,
		Amounts: []money.Fen{storyKept},
	}, &split)
	if err != nil {
		return err
	}
	s.say("%s splits off ¥%s to keep", s.name("supplier1"), storyKept.Human())
	if err := s.transfer(ctx, 1, issued, storyTier2); err != nil {
		return err
	}
	return s.transfer(ctx, 2, issued, storyTier3)
}

// transfer pays the seller of the hop's trade from the low end of what its buyer
// holds above the part it keeps, and the seller accepts.
func (s *story) transfer(ctx context.Context, hop int, issued string, amount money.Fen) error {
	t := trades()[hop]
	cover, err := s.cover(ctx, hop, amount)
	if err != nil {
		return err
	}
	name := "transfer " + strconv.Itoa(hop)
	var legs []record.Leg
	if s.journal.get(name).Result == nil {
		holding, err := s.holding(ctx, t.buyer, issued)
		if err != nil {
			return err
		}
		if legs, err = takeLow([]record.Holding{holding}, amount); err != nil {
			return err
		}
	}
	var offered certificate.TransferResult
	err = s.send(ctx, name, t.buyer+"/maker", "certificate:Transfer", certificate.TransferArgument{
		To: s.id(t.seller), Reference: fmt.Sprintf("PAY-%04d", hop), Legs: legs, Allocations: cover,
	}, &offered)
	if err != nil {
		return err
	}
	s.say("%s transfers ¥%s to %s", s.name(t.buyer), amount.Human(), s.name(t.seller))
	err = s.send(ctx, name+": accept", t.seller+"/maker", "certificate:AcceptTransfer", certificate.OfferArgument{ID: offered.ID}, nil)
	if err != nil {
		return err
	}
	s.say("%s accepts", s.name(t.seller))
	return nil
}

// holding is the largest of an enterprise's holdings of a certificate.
func (s *story) holding(ctx context.Context, alias, issued string) (record.Holding, error) {
	session, err := s.open(alias + "/maker")
	if err != nil {
		return record.Holding{}, err
	}
	list, err := session.owned(ctx, issued, s.id(alias))
	if err != nil {
		return record.Holding{}, err
	}
	var largest record.Holding
	for _, h := range list {
		if h.Amount() > largest.Amount() {
			largest = h
		}
	}
	return largest, nil
}
