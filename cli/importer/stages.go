package importer

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"sync"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
)

func removeJournal(path string) error {
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("remove journal: %w", err)
	}
	return nil
}

// packer gathers operations of one signer into batches and gives each full one
// on.
type packer struct {
	yield   func(*batch, error) bool
	stopped bool
	current *batch
	size    int
}

// add puts the operations for one item into the signer's batch. It reports false
// when nobody wants more.
func (p *packer) add(stage Stage, signer string, node, item int, operations ...operation) bool {
	one := batch{operations: operations}
	size := one.size()
	if c := p.current; c != nil &&
		(c.signer != signer || len(c.items)+len(operations) > maxBatchItems || p.size+size > maxBatchBytes) {
		p.flush()
	}
	if p.stopped {
		return false
	}
	if p.current == nil {
		p.current, p.size = &batch{stage: stage, signer: signer, node: node}, 0
	}
	for _, o := range operations {
		p.current.items = append(p.current.items, item)
		p.current.operations = append(p.current.operations, o)
	}
	p.size += size
	return true
}

func (p *packer) flush() {
	if p.current != nil && !p.stopped {
		p.stopped = !p.yield(p.current, nil)
	}
	p.current = nil
}

// fail gives an error on and stops.
func (p *packer) fail(err error) {
	if !p.stopped {
		p.stopped = true
		p.yield(nil, err)
	}
}

// send sends the batches that fill makes for the items.
func (im *obligationImport) send(ctx context.Context, stage Stage, items []int, fill func(yield func(*batch, error) bool)) (int, error) {
	if len(items) == 0 {
		return 0, nil
	}
	im.Progress.Stage(string(stage), len(items))
	return len(items), im.sender.run(ctx, iter.Seq2[*batch, error](fill), im.settled)
}

// byBank is perBank for one operation an item.
func (im *obligationImport) byBank(stage Stage, person string, items []int, bankOf func(int) int, make func(int) (operation, error)) func(func(*batch, error) bool) {
	return perBank(im.net.Banks, stage, person, items, bankOf, func(item int) ([]operation, error) {
		o, err := make(item)
		return []operation{o}, err
	})
}

// perBank makes one batch after another for each bank. The operations for an item
// are made when its turn comes.
func perBank(banks []Bank, stage Stage, person string, items []int, bankOf func(int) int, make func(int) ([]operation, error)) func(func(*batch, error) bool) {
	return func(yield func(*batch, error) bool) {
		packers := map[int]*packer{}
		for _, item := range items {
			b := bankOf(item)
			if packers[b] == nil {
				packers[b] = &packer{yield: yield}
			}
			operations, err := make(item)
			if err != nil {
				packers[b].fail(err)
				return
			}
			if !packers[b].add(stage, banks[b].Alias+"/"+person, b, item, operations...) {
				return
			}
		}
		for b := range banks {
			if p := packers[b]; p != nil {
				if p.flush(); p.stopped {
					return
				}
			}
		}
	}
}

// byFirm makes batches of the firm that signs for each debt; the debts of a firm
// stand together.
func (im *obligationImport) byFirm(stage Stage, debts []int, firmOf func(*debt) int32, make func(int) ([]operation, error)) func(func(*batch, error) bool) {
	return func(yield func(*batch, error) bool) {
		p := &packer{yield: yield}
		for _, i := range debts {
			f := &im.firms[firmOf(&im.debts[i])]
			operations, err := make(i)
			if err != nil {
				p.fail(err)
				return
			}
			if !p.add(stage, f.key+"/"+makerName, f.bank, i, operations...) {
				return
			}
		}
		p.flush()
	}
}

// waiting are the debts of a list that wait for a step.
func (im *obligationImport) waiting(list []int, step progressOf) []int {
	im.mu.Lock()
	defer im.mu.Unlock()
	var open []int
	for _, i := range list {
		if im.open(i, step) {
			open = append(open, i)
		}
	}
	return open
}

// needed are the firms that have a debt that is not in force yet.
func (im *obligationImport) needed() []int {
	want := make([]bool, len(im.firms))
	for _, i := range im.waiting(im.byDebtor, isActive) {
		want[im.debts[i].debtor], want[im.debts[i].creditor] = true, true
	}
	var list []int
	for f, wanted := range want {
		if wanted {
			list = append(list, f)
		}
	}
	return list
}

// lineID is the id of the line that a debtor's sponsor grants it.
func (f *firm) lineID() string { return "import-" + f.id }

// lineDays is how long a generated line can be used.
const lineDays = 366

// grant sees to it that each debtor's sponsor grants it a line with room for what
// it is to issue.
func (im *obligationImport) grant(ctx context.Context) (int, error) {
	need := make([]money.Fen, len(im.firms))
	for _, i := range im.waiting(im.byDebtor, isIssued) {
		need[im.debts[i].debtor] += im.debts[i].amount // no overflow: the sum of all debts fits
	}
	now, err := im.net.Banks[0].Node.Now(ctx)
	if err != nil {
		return 0, err
	}
	today := now.Date()
	taken := map[string]money.Fen{} // by line
	room := map[string]money.Fen{}
	for _, b := range im.net.Banks {
		for line, err := range b.Node.Lines(ctx, b.ID) {
			if err != nil {
				return 0, err
			}
			taken[line.ID] = line.Used + line.Reserved
			if line.From <= today && today <= line.To {
				room[line.ID] = credit.Available(&line)
			}
		}
	}
	var firms []int
	for f := range im.firms {
		if id := im.firms[f].lineID(); need[f] > room[id] {
			firms = append(firms, f)
		}
	}
	return im.send(ctx, StageGrant, firms, im.byBank(StageGrant, makerName, firms,
		func(f int) int { return im.firms[f].bank },
		func(f int) (operation, error) {
			id := im.firms[f].lineID()
			return call("credit:Grant", credit.GrantArgument{
				ID: id, Debtor: im.firms[f].id, Limit: taken[id] + need[f],
				From: today, To: today.AddDays(lineDays),
			})
		}))
}

// facts are those of the made-up invoice behind a debt.
func (im *obligationImport) facts(d *debt) evidence.InvoiceFacts {
	return evidence.InvoiceFacts{
		Number: im.invoiceNumber(d), Date: im.day, Amount: d.amount,
		Seller: im.firms[d.creditor].id, Buyer: im.firms[d.debtor].id,
	}
}

// fingerprints has the banks' nodes make the fingerprints of the invoices.
func (im *obligationImport) fingerprints(ctx context.Context) (int, error) {
	debts := im.waiting(im.byCreditor, isIssued)
	if len(debts) == 0 {
		return 0, nil
	}
	im.Progress.Stage(string(StageInvoices), len(debts))
	errs := make([]error, len(im.net.Banks))
	var all sync.WaitGroup
	for b, bank := range im.net.Banks {
		all.Go(func() {
			for from := b * MaxFacts; from < len(debts) && errs[b] == nil; from += len(errs) * MaxFacts {
				errs[b] = im.fingerprint(ctx, bank.Node, debts[from:min(from+MaxFacts, len(debts))])
			}
		})
	}
	all.Wait()
	return len(debts), errors.Join(errs...)
}

func (im *obligationImport) fingerprint(ctx context.Context, node Ledger, debts []int) error {
	facts := make([]evidence.InvoiceFacts, len(debts))
	for i, d := range debts {
		facts[i] = im.facts(&im.debts[d])
	}
	prints, epoch, err := node.Fingerprints(ctx, facts)
	if err != nil {
		return err
	}
	for i := range prints {
		if prints[i], err = prints[i].registered(ctx, node); err != nil {
			return err
		}
	}
	im.mu.Lock()
	defer im.mu.Unlock()
	if im.epoch != 0 && im.epoch != epoch {
		return code.EvidenceEpoch.New("the banks changed their key from epoch %d to %d; import the file again", im.epoch, epoch)
	}
	im.epoch = epoch
	for i, d := range debts {
		im.debts[d].fingerprint, im.debts[d].others = prints[i].Use, prints[i].Others
	}
	im.Progress.Add(len(debts))
	return nil
}

// contractOf is the framework contract between the parties of a debt, and its id.
func (im *obligationImport) contractOf(d *debt) (evidence.ContractArgument, string) {
	buyer, seller := im.firms[d.debtor].id, im.firms[d.creditor].id
	document := made("contract", buyer, seller)
	return evidence.ContractArgument{
		Buyer: buyer, Seller: seller, Document: document, Signed: im.day, Agreed: true,
	}, evidence.DocumentID(buyer, seller, document)
}

// record has each creditor record its contracts and invoices.
func (im *obligationImport) record(ctx context.Context) (int, error) {
	debts := im.waiting(im.byCreditor, isRecorded)
	return im.send(ctx, StageRecord, debts, im.byFirm(StageRecord, debts,
		func(d *debt) int32 { return d.creditor },
		func(i int) ([]operation, error) {
			d := &im.debts[i]
			argument, id := im.contractOf(d)
			// Every invoice brings its contract along: another batch, whose order is not
			// known, may bring the same, which is then there already.
			contract, err := call("evidence:RecordContract", argument)
			if err != nil {
				return nil, err
			}
			in := invoiceArgument{
				Fingerprint: d.fingerprint, Scheme: evidence.SchemeHMAC, Epoch: im.epoch,
				Seller: argument.Seller, Buyer: argument.Buyer, Contract: id, Amount: d.amount, Date: im.day,
			}
			if last := len(d.others) - 1; last >= 0 {
				in.OtherFingerprint = d.others[last]
			}
			invoice, err := call("evidence:RecordInvoice", in)
			return []operation{contract, invoice}, err
		}))
}

// invoiceArgument is evidence.InvoiceArgument as far as it is used here.
type invoiceArgument struct {
	Fingerprint      record.Digest `json:"fingerprint"`
	OtherFingerprint record.Digest `json:"otherFingerprint,omitzero"`
	Scheme           uint8         `json:"scheme"`
	Epoch            uint32        `json:"epoch"`
	Seller           string        `json:"seller"`
	Buyer            string        `json:"buyer"`
	Contract         string        `json:"contract"`
	Amount           money.Fen     `json:"amount"`
	Date             calendar.Date `json:"date"`
}

// verify has a reviewer of the creditor's bank attest each invoice.
func (im *obligationImport) verify(ctx context.Context) (int, error) {
	debts := im.waiting(im.byCreditor, isVerified)
	return im.send(ctx, StageVerify, debts, im.byBank(StageVerify, "reviewer", debts,
		func(i int) int { return im.firms[im.debts[i].creditor].bank },
		func(i int) (operation, error) {
			print := im.debts[i].fingerprint
			return call("evidence:Verify", evidence.VerifyArgument{
				Invoice: print, Kind: record.TaxCheck, Good: true, Document: made("tax service's answer", print.String()),
				Others: im.debts[i].others,
			})
		}))
}

// maxDays is on how many days one run may try to issue: a batch that was signed
// before midnight and executed after it names a day that is over.
const maxDays = 3

// issue has each debtor issue its certificates.
func (im *obligationImport) issue(ctx context.Context) (int, error) {
	total := 0
	for round := range maxDays {
		debts := im.waiting(im.byDebtor, isIssued)
		if len(debts) == 0 {
			return total, nil
		}
		if round == 0 {
			total = len(debts)
		}
		now, err := im.net.Banks[0].Node.Now(ctx)
		if err != nil {
			return total, err
		}
		if err := im.number(ctx, debts, now.Date()); err != nil {
			return total, err
		}
		_, err = im.send(ctx, StageIssue, debts, im.byFirm(StageIssue, debts,
			func(d *debt) int32 { return d.debtor }, im.issueOne))
		if err != nil {
			return total, err
		}
		if err := im.readBack(ctx); err != nil {
			return total, err
		}
		later, err := im.net.Banks[0].Node.Now(ctx)
		if err != nil || later.Date() == now.Date() {
			return total, err
		}
		for _, i := range debts {
			if im.debts[i].done&isIssued == 0 && im.refusals[i] != nil && im.refusals[i].Code == code.BadDate {
				delete(im.refusals, i)
			}
		}
	}
	return total, nil
}

// number gives each debt the next sequence of its debtor on the day. A number
// that somebody else takes meanwhile is refused by the ledger, never changed.
func (im *obligationImport) number(ctx context.Context, debts []int, day calendar.Date) error {
	firmOf := make(map[string]int32, len(im.firms))
	for i := range im.firms {
		firmOf[im.firms[i].id] = int32(i)
	}
	last := make([]int32, len(im.firms))
	for row, err := range im.net.Banks[0].Node.Certificates(ctx, "") {
		if err != nil {
			return err
		}
		f, ok := firmOf[row.Debtor]
		if parsed, err := number.ParseCertificate(row.Number); ok && err == nil && parsed.Issued == day {
			last[f] = max(last[f], int32(parsed.Sequence))
		}
	}
	for _, i := range debts {
		d := &im.debts[i]
		last[d.debtor]++
		d.day, d.sequence = day, last[d.debtor]
	}
	return nil
}

func (im *obligationImport) numberOf(d *debt) (string, error) {
	return number.NewCertificate(im.firms[d.debtor].id, d.day, int(d.sequence))
}

func (im *obligationImport) issueOne(i int) ([]operation, error) {
	d := &im.debts[i]
	debtor := &im.firms[d.debtor]
	text, err := im.numberOf(d)
	if err != nil {
		return nil, err
	}
	_, contract := im.contractOf(d)
	o, err := call("certificate:Issue", issueArgument{
		Number: text, Creditor: im.firms[d.creditor].id, Face: d.amount, Maturity: d.day.AddDays(im.Days),
		Currency: certificate.Currency, Reference: im.reference(d), Contract: contract,
		Bank: im.net.Banks[debtor.bank].ID, Line: debtor.lineID(),
		Allocations: []record.Allocation{{Invoice: d.fingerprint, Amount: d.amount}},
	})
	return []operation{o}, err
}

// issueArgument is certificate.IssueArgument as far as it is used here.
type issueArgument struct {
	Number      string              `json:"number"`
	Creditor    string              `json:"creditor"`
	Face        money.Fen           `json:"face"`
	Maturity    calendar.Date       `json:"maturity"`
	Currency    string              `json:"currency"`
	Reference   string              `json:"reference"`
	Contract    string              `json:"contract"`
	Bank        string              `json:"bank,omitempty"`
	Line        string              `json:"line,omitempty"`
	Allocations []record.Allocation `json:"allocations"`
}

// accept has each creditor accept the certificates that were issued to it, and
// reads back what is in force.
func (im *obligationImport) accept(ctx context.Context) (int, error) {
	var debts []int
	for _, i := range im.waiting(im.byCreditor, isActive) {
		if im.debts[i].done&isIssued != 0 {
			debts = append(debts, i)
		}
	}
	n, err := im.send(ctx, StageAccept, debts, im.byFirm(StageAccept, debts,
		func(d *debt) int32 { return d.creditor },
		func(i int) ([]operation, error) {
			text, err := im.numberOf(&im.debts[i])
			if err != nil {
				return nil, err
			}
			o, err := call("certificate:Accept", certificate.CertificateArgument{Certificate: text})
			return []operation{o}, err
		}))
	if err != nil || n == 0 {
		return n, err
	}
	return n, im.readBack(ctx)
}
