package importer

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Treasury is whose payables are issued: a debtor, one of its makers, and the node
// it uses.
type Treasury struct {
	Network string
	Debtor  string // social credit code
	Maker   string // name of the maker's key
	Keys    Keys
	Node    Ledger
}

// PayablesSummary is what an import of payables achieved, as the ledger says.
type PayablesSummary struct {
	File         string        `json:"file"`
	Rows         int           `json:"rows"`
	Total        money.Fen     `json:"total"` // of the rows that were not refused by their form
	Refused      []Refusal     `json:"refused"`
	Issued       int           `json:"issued"` // certificates that wait for their creditor or are in force
	IssuedTotal  money.Fen     `json:"issuedTotal"`
	Proposed     int           `json:"proposed"` // rows that wait for a checker
	Proposals    []string      `json:"proposals"`
	Transactions int           `json:"transactions"`
	Elapsed      time.Duration `json:"elapsedNanos"`
}

// Complete reports whether every row of the file is issued or waits for a checker.
func (s *PayablesSummary) Complete() bool {
	return len(s.Refused) == 0 && s.Issued+s.Proposed == s.Rows
}

// The stages of importing payables.
const (
	stagePayables Stage = "issue"
	stagePropose  Stage = "propose"
)

// payablesImport is one run.
type payablesImport struct {
	*Payables
	Options
	who    Treasury
	sender *sender
	today  calendar.Date

	mu   sync.Mutex // of the items
	left unsettled
}

// CheckPayables checks the rows against the ledger as it is now: known suppliers,
// terms, references, invoices and lines. It sends nothing. Rows that would be
// refused are added to Refused.
func CheckPayables(ctx context.Context, who Treasury, p *Payables, opt Options) error {
	im := &payablesImport{Payables: p, Options: opt, who: who}
	if err := im.check(ctx); err != nil {
		return err
	}
	for i := range p.items {
		if why := p.items[i].refusal; why != nil {
			p.Refused = append(p.Refused, refusal(p.items[i].Line, why))
		}
	}
	sortRefusals(p.Refused)
	return nil
}

// ImportPayables issues the certificates of a file in batches signed by the
// debtor's maker. What the member's policy gives to a checker is proposed. Called
// again after any end, with the same file, it goes on; a payment reference that
// issued its certificate already is passed over.
func ImportPayables(ctx context.Context, who Treasury, p *Payables, opt Options) (*PayablesSummary, error) {
	start := time.Now()
	im := &payablesImport{Payables: p, Options: opt, who: who}
	name := fmt.Sprintf("payables %s of %s on %s", p.Digest, who.Debtor, who.Network)
	path := filepath.Join(opt.State, "payables-"+p.Digest.String()[:16]+".jsonl")
	journal, err := openJournal(path, name, im.replay)
	if err != nil {
		return nil, err
	}
	im.sender = newSender(who.Network, who.Keys, []Ledger{who.Node}, journal, opt)
	err = im.run(ctx)
	if closed := journal.close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, err
	}
	s := im.summary(time.Since(start))
	if s.Complete() && s.Proposed == 0 {
		// Everything is on the ledger: there is nothing left to go on with.
		err = removeJournal(path)
	}
	return s, err
}

// replay reads a line of the journal: what was sent and what was proposed. What
// was issued is read from the ledger.
func (im *payablesImport) replay(e entry) error {
	if e.Sent != nil {
		for _, item := range e.Sent.Items {
			if item < 0 || item >= len(im.items) {
				return fmt.Errorf("a transaction is for row %d of %d", item, len(im.items))
			}
		}
		im.left.add(*e.Sent)
	}
	if e.Final == nil {
		return nil
	}
	if s, known := im.left.settle(e.Final.ID); known && s.Stage == stagePropose {
		im.proposed(s.Items, e.Final.Note)
	}
	return nil
}

func (im *payablesImport) proposed(items []int, id string) {
	for _, item := range items {
		im.items[item].proposal = id
	}
}

func (im *payablesImport) run(ctx context.Context) error {
	if left := im.left.rest(); len(left) > 0 {
		if err := im.sender.resend(ctx, left, im.settled); err != nil {
			return err
		}
	}
	// What the rows were refused for before is asked anew.
	for i := range im.items {
		im.items[i].refusal = nil
	}
	if err := im.check(ctx); err != nil {
		return err
	}
	if err := im.stillProposed(ctx); err != nil {
		return err
	}
	if err := im.send(ctx, stagePayables, func(p *payable) bool {
		return !p.issued && p.proposal == "" && p.refusal == nil
	}); err != nil {
		return err
	}
	if err := im.send(ctx, stagePropose, func(p *payable) bool {
		return p.refusal != nil && p.refusal.Code == code.ApprovalRequired
	}); err != nil {
		return err
	}
	if err := im.sender.reach(ctx, im.who.Node); err != nil {
		return err
	}
	return im.references(ctx)
}

// stillProposed forgets proposals that were decided: executed ones are seen by
// their certificates, others are proposed again.
func (im *payablesImport) stillProposed(ctx context.Context) error {
	state := map[string]bool{}
	for i := range im.items {
		p := &im.items[i]
		if p.proposal == "" {
			continue
		}
		open, asked := state[p.proposal]
		if !asked {
			found, err := im.who.Node.Proposal(ctx, p.proposal)
			if err != nil {
				return err
			}
			open = found != nil && found.State == record.ProposalOpen
			state[p.proposal] = open
		}
		if !open || p.issued {
			p.proposal = ""
		}
	}
	return nil
}

// send issues or proposes the rows that are to be.
func (im *payablesImport) send(ctx context.Context, stage Stage, wanted func(*payable) bool) error {
	var items []int
	for i := range im.items {
		if wanted(&im.items[i]) {
			items = append(items, i)
			im.items[i].refusal = nil
		}
	}
	if len(items) == 0 {
		return nil
	}
	im.Progress.Stage(string(stage), len(items))
	return im.sender.run(ctx, func(yield func(*batch, error) bool) {
		p := &packer{yield: func(b *batch, err error) bool {
			if b != nil {
				b.propose = stage == stagePropose
			}
			return yield(b, err)
		}}
		for _, i := range items {
			o, err := im.issue(&im.items[i])
			if err != nil {
				p.fail(err)
				return
			}
			if !p.add(stage, im.who.Maker, 0, i, o) {
				return
			}
		}
		p.flush()
	}, im.settled)
}

func (im *payablesImport) issue(p *payable) (operation, error) {
	return call("certificate:Issue", issueArgument{
		Number: p.certificate, Creditor: p.Creditor, Face: p.Amount, Maturity: p.MaturityOn(im.today),
		Currency: certificate.Currency, Reference: p.Reference, Contract: p.Contract, Bank: p.Bank, Line: p.From,
		Allocations: p.Cover,
	})
}

// settled notes the refusals of a transaction, or the proposal it made.
func (im *payablesImport) settled(s *sent, refused map[int]*code.Error, result []byte) string {
	im.mu.Lock()
	defer im.mu.Unlock()
	for i, why := range refused {
		im.items[s.Items[i]].refusal = why
	}
	if s.Stage != stagePropose || len(refused) > 0 {
		return ""
	}
	var made struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(result, &made); err != nil {
		return ""
	}
	im.proposed(s.Items, made.ID)
	return made.ID
}

// check asks the ledger about every row, in the order in which the contract would
// refuse it, and chooses the numbers.
func (im *payablesImport) check(ctx context.Context) error {
	im.Progress.Stage("check", len(im.items))
	now, err := im.who.Node.Now(ctx)
	if err != nil {
		return err
	}
	im.today = now.Date()
	if err := im.references(ctx); err != nil {
		return err
	}
	if err := im.fingerprint(ctx); err != nil {
		return err
	}
	pack, err := im.who.Node.Pack(ctx)
	if err != nil {
		return err
	}
	c := payablesCheck{
		im: im, pack: pack, members: map[string]*record.Member{}, invoices: map[record.Digest]*record.Invoice{},
	}
	for i := range im.items {
		p := &im.items[i]
		im.Progress.Add(1)
		if p.issued || p.refusal != nil {
			continue
		}
		err := c.row(ctx, p)
		if err != nil && code.Of(err) == nil {
			return err
		}
		p.refusal = code.Of(err)
	}
	return nil
}

// references finds the rows that issued their certificates already, and gives the
// others the next numbers of the day.
func (im *payablesImport) references(ctx context.Context) error {
	rowOf := make(map[string]int, len(im.items))
	for i := range im.items {
		rowOf[im.items[i].Reference] = i
	}
	last := 0
	for row, err := range im.who.Node.Certificates(ctx, im.who.Debtor) {
		if err != nil {
			return fmt.Errorf("list the certificates of %s: %w", im.who.Debtor, err)
		}
		if parsed, err := number.ParseCertificate(row.Number); err == nil && parsed.Issued == im.today {
			last = max(last, parsed.Sequence)
		}
		i, ok := rowOf[row.Reference]
		if !ok {
			continue
		}
		p := &im.items[i]
		p.certificate = row.Number
		if p.issued = row.Face == p.Amount && row.FirstHolder == p.Creditor && row.State.Live(); p.issued {
			p.refusal = nil
			continue
		}
		p.refusal = code.ReferenceUsed.New("it issued certificate %s of %s to %s, which is %s",
			row.Number, row.Face, row.FirstHolder, row.State)
	}
	for i := range im.items {
		p := &im.items[i]
		if p.issued || p.refusal != nil || p.proposal != "" {
			continue
		}
		last++
		var err error
		if p.certificate, err = number.NewCertificate(im.who.Debtor, im.today, last); err != nil {
			return err
		}
	}
	return nil
}

// fingerprint has the node make the fingerprints of invoices given by their facts.
func (im *payablesImport) fingerprint(ctx context.Context) error {
	var items []int
	for i := range im.items {
		if im.items[i].Cover == nil {
			items = append(items, i)
		}
	}
	for from := 0; from < len(items); from += MaxFacts {
		part := items[from:min(from+MaxFacts, len(items))]
		facts := make([]evidence.InvoiceFacts, len(part))
		for i, item := range part {
			facts[i] = im.items[item].Invoice
		}
		prints, _, err := im.who.Node.Fingerprints(ctx, facts)
		if err != nil {
			return err
		}
		for i, item := range part {
			print, err := prints[i].registered(ctx, im.who.Node)
			if err != nil {
				return err
			}
			p := &im.items[item]
			p.Cover = []record.Allocation{{Invoice: print.Use, Amount: p.Amount}}
		}
	}
	return nil
}

// payablesCheck remembers what the ledger said while rows are checked.
type payablesCheck struct {
	im       *payablesImport
	pack     *record.Pack
	members  map[string]*record.Member
	invoices map[record.Digest]*record.Invoice
	lines    map[string]*record.Line
}

func (c *payablesCheck) row(ctx context.Context, p *payable) error {
	supplier, err := remembered(c.members, p.Creditor, func() (*record.Member, error) { return c.im.who.Node.Member(ctx, p.Creditor) })
	switch {
	case err != nil:
		return err
	case supplier == nil:
		return code.MemberUnknown.New("supplier %s", p.Creditor)
	case supplier.State != record.MemberActive:
		return code.MemberSuspended.New("supplier %s", p.Creditor)
	case !supplier.Roles.Has(record.Holder):
		return code.RoleMissing.New("supplier %s is not a holder", p.Creditor)
	}
	if err := checkTerm(c.pack, c.im.today, p.MaturityOn(c.im.today)); err != nil {
		return err
	}
	if err := c.line(ctx, p); err != nil {
		return err
	}
	return c.evidence(ctx, p)
}

// checkTerm is TERM-MAX as the ledger will judge it. A term above the ordinary cap
// needs a bank's review of a number that is not chosen yet.
func checkTerm(pack *record.Pack, today, maturity calendar.Date) error {
	rule := record.TermMax.String()
	switch {
	case maturity <= today:
		return code.BadDate.New("maturity %s does not lie after today, %s", maturity, today)
	case !calendar.WithinTerm(today, maturity, int(pack.TermCap)):
		return code.TermTooLong.New("%s to %s is more than %d months", today, maturity, pack.TermCap).Under(rule)
	case !calendar.WithinTerm(today, maturity, int(pack.TermOrdinary)):
		return code.ReviewMissing.New("%s to %s is more than %d months", today, maturity, pack.TermOrdinary).Under(rule)
	default:
		return nil
	}
}

// line looks whether the lines have room for the rows so far.
func (c *payablesCheck) line(ctx context.Context, p *payable) error {
	if p.From == "" {
		return nil
	}
	if c.lines == nil {
		c.lines = map[string]*record.Line{}
		for line, err := range c.im.who.Node.Lines(ctx, "") {
			if err != nil {
				return err
			}
			c.lines[line.Bank+"/"+line.ID] = &line
		}
	}
	l := c.lines[p.Bank+"/"+p.From]
	switch {
	case l == nil || l.Debtor != c.im.who.Debtor:
		return code.LineUnknown.New("bank %s has no line %s for %s", p.Bank, p.From, c.im.who.Debtor)
	case l.Frozen:
		return code.LineFrozen.New("line %s of bank %s", p.From, p.Bank)
	case credit.Available(l) < p.Amount:
		return code.LineInsufficient.New("line %s has %s left after the rows above, %s is asked", p.From, credit.Available(l), p.Amount)
	}
	l.Reserved += p.Amount
	return nil
}

// evidence looks whether the invoices cover the rows so far.
func (c *payablesCheck) evidence(ctx context.Context, p *payable) error {
	found := make([]*record.Invoice, len(p.Cover))
	for i, a := range p.Cover {
		invoice, err := remembered(c.invoices, a.Invoice, func() (*record.Invoice, error) { return c.im.who.Node.Invoice(ctx, a.Invoice) })
		switch {
		case err != nil:
			return err
		case invoice == nil:
			return code.EvidenceMissing.New("invoice %s", a.Invoice)
		case invoice.Buyer != c.im.who.Debtor || invoice.Seller != p.Creditor:
			return code.EvidenceParties.New("invoice %s is between %s and %s", a.Invoice, invoice.Buyer, invoice.Seller)
		case !evidence.Verified(invoice, c.pack, c.im.today):
			return code.EvidenceUnverified.New("invoice %s", a.Invoice)
		case evidence.Remaining(invoice) < a.Amount:
			return code.EvidenceInsufficient.New("invoice %s has %s left after the rows above, %s is asked", a.Invoice, evidence.Remaining(invoice), a.Amount)
		}
		found[i] = invoice
	}
	for i, invoice := range found {
		invoice.Allocated += p.Cover[i].Amount
	}
	return nil
}

// remembered asks once for each key.
func remembered[K comparable, V any](known map[K]*V, key K, ask func() (*V, error)) (*V, error) {
	if v, ok := known[key]; ok {
		return v, nil
	}
	v, err := ask()
	if err == nil {
		known[key] = v
	}
	return v, err
}

func (im *payablesImport) summary(elapsed time.Duration) *PayablesSummary {
	s := &PayablesSummary{
		File: im.Path, Rows: im.Rows, Total: im.Total, Refused: append([]Refusal(nil), im.Refused...),
		Proposals: []string{}, Transactions: im.sender.count, Elapsed: elapsed,
	}
	seen := map[string]bool{}
	for i := range im.items {
		p := &im.items[i]
		switch {
		case p.issued:
			s.Issued++
			s.IssuedTotal += p.Amount // no overflow: the sum of all rows fits
		case p.proposal != "":
			s.Proposed++
			if !seen[p.proposal] {
				seen[p.proposal] = true
				s.Proposals = append(s.Proposals, p.proposal)
			}
		case p.refusal != nil:
			s.Refused = append(s.Refused, refusal(p.Line, p.refusal))
		default:
			s.Refused = append(s.Refused, refusal(p.Line, code.TimedOut.New("its certificate is not on the ledger; import the file again")))
		}
	}
	sortRefusals(s.Refused)
	return s
}
