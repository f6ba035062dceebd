package command

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/cli/importer"
	"github.com/tierledger/tierledger/node/client"
	"github.com/tierledger/tierledger/node/reconcile"
)

// storyAnother is the face of the certificate that is issued when the first one is paid.
const storyAnother money.Fen = 200_000_00

// clear takes the certificate to its payment date and has it paid, everybody's part
// played. What was done before an interruption is on the ledger.
func (s *story) clear(ctx context.Context) error {
	if s.journal.told() {
		return nil
	}
	net, err := importNetwork(s.devnet)
	if err != nil {
		return err
	}
	paid, err := importer.ImportClearing(ctx, net, importer.Clearing{Day: s.payment, Seed: 1}, importer.Options{
		State: filepath.Join(s.dir, "imports"), InFlight: 8, Progress: &clearingTold{story: s},
	})
	if err != nil {
		return err
	}
	if err := judgeClearing(paid); err != nil {
		return err
	}
	s.forget()
	s.say("%d legs paid ¥%s: every fen is with who held it", paid.LegsPaid, paid.Paid.Human())
	if c := paid.Compared; c != nil {
		if !c.Zero() {
			return fmt.Errorf("the ledger and the banks' statements differ: %+v", c.Differences)
		}
		s.say("the day's statements of the banks and the ledger are compared leg by leg: difference 0.00")
	}
	return nil
}

// clearingTold tells the story as the clearing goes on.
type clearingTold struct {
	story *story
	told  []string
}

// Stage says what begins, once.
func (t *clearingTold) Stage(name string, total int) {
	s, core := t.story, t.story.name("core")
	if total == 0 || slices.Contains(t.told, name) {
		return
	}
	t.told = append(t.told, name)
	switch importer.Stage(name) {
	case importer.StageAdvance:
		s.say("time passes: this development network's clock is set to %s, the payment date", s.payment)
	case importer.StageFunds:
		s.say("the day has come: the ledger enters the certificate into the run of %s, by the time of the block", core)
		s.say("%s confirms that it has ¥%s of %s's; the ledger divides it over all who hold a part", s.name("bank1"), storyFace.Human(), core)
	case importer.StageOrder:
		s.say("%s instructs %d payments (pain.001)", s.name("bank1"), total)
	case importer.StageReport:
		s.say("the banks answer (pain.002, camt.054), and each tells the ledger what it paid or received")
	default:
	}
}

// Add does nothing: the story tells of stages.
func (*clearingTold) Add(int) {}

// issueAnother has the core enterprise issue a certificate to try things with, after the
// first one was paid.
func (s *story) issueAnother(ctx context.Context) (string, error) {
	const name = "issue another"
	var in certificate.IssueArgument
	if s.journal.get(name).Result == nil {
		now, err := s.now(ctx, "core")
		if err != nil {
			return "", err
		}
		if in, err = s.anotherIssue(ctx, now.Date().Compact()); err != nil {
			return "", err
		}
		if in.Number, err = number.NewCertificate(s.id("core"), now.Date(), 1); err != nil {
			return "", err
		}
		in.IssueDate, in.Maturity = now.Date(), now.Date().AddDays(storyTermDays)
	}
	var issued certificate.IssueResult
	if err := s.send(ctx, name, "core/maker", "certificate:Issue", in, &issued); err != nil {
		return "", err
	}
	err := s.send(ctx, lastStep, "supplier1/maker", "certificate:Accept", certificate.CertificateArgument{Certificate: issued.Certificate}, nil)
	if err != nil {
		return "", err
	}
	s.say("%s issues another ¥%s to %s, who accepts: certificate %s", s.name("core"), storyAnother.Human(), s.name("supplier1"), issued.Certificate)
	return issued.Certificate, nil
}

func (s *story) anotherIssue(ctx context.Context, day string) (certificate.IssueArgument, error) {
	cover, err := s.cover(ctx, 0, storyAnother)
	contract := s.contract(trades()[0])
	return certificate.IssueArgument{
		Creditor: s.id("supplier1"), Face: storyAnother, Currency: certificate.Currency, Reference: "AP-" + day,
		Contract: evidence.DocumentID(contract.Buyer, contract.Seller, contract.Document),
		Bank:     s.bankID("bank1"), Line: "L1", Allocations: cover,
	}, err
}

// showClearing lists the legs of the certificate's run and compares what was ordered with
// what the payees' banks have advised.
func (s *story) showClearing(ctx context.Context, w io.Writer) error {
	reader, err := s.open(defaultReader)
	if err != nil {
		return err
	}
	run, err := reader.Run(ctx, record.RunID(s.id("core"), s.payment))
	if err != nil {
		return err
	}
	var legs []record.Settlement
	for leg, err := range reader.RunLegs(ctx, run.ID, client.LegFilter{}) {
		if err != nil {
			return err
		}
		legs = append(legs, leg)
	}
	slices.SortFunc(legs, func(a, b record.Settlement) int { return cmp.Compare(a.Legs[0].Interval.From, b.Legs[0].Interval.From) })
	names := reader.names(ctx)
	fmt.Fprintf(w, "\nrun %s, %s: ¥%s owed, ¥%s paid\n", run.ID, run.State, (run.Tally.Owed() + run.Tally.Paid).Human(), run.Tally.Paid.Human())
	t := columns("LEG", "PAID TO", "AT", ">AMOUNT", "STATE", "BANK'S REFERENCE")
	for i := range legs {
		leg := &legs[i]
		t.add(leg.ID, names(leg.Payee), names(leg.PayeeBank), leg.Amount.Human(), leg.State.String(), leg.AdviceRef)
	}
	t.write(w, "no legs")
	compared, err := reconcile.Advised(legs)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "ledger against bank advices: difference %s, %d legs differ\n", differenceOf(compared).Human(), len(compared.Differences))
	return nil
}

// differenceOf is what the ledger has more than the banks.
func differenceOf(c *reconcile.Comparison) money.Fen {
	var sum money.Fen
	for _, b := range c.Banks {
		sum += b.Difference
	}
	return sum
}
