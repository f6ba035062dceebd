package importer

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime/metrics"
	"sync"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/envelope"
	"github.com/tierledger/tierledger/crypto/keystore"
)

// Network is a development network that obligations are imported into: one whose
// firms' keys the importer may make and use.
type Network struct {
	Name string
	// Began is when the network began. Its day is the date of all made-up documents,
	// so that they are the same in every run; firms' keys are valid from then on.
	Began calendar.Instant
	Banks []Bank
	// Reader is who sees all runs and legs; only clearings ask for it.
	Reader Ledger
	// Keyring holds the banks' keys; the firms' are added.
	Keyring *keystore.Keyring
	// Code makes a social credit code of a short name, always the same.
	Code func(alias string) (string, error)
	// Encryption is the key to which is sealed what is for a member; only financings
	// ask for it.
	Encryption func(alias string) (envelope.PublicKey, error)
	// Algorithm is that of the firms' keys, Life how long they are valid.
	Algorithm credential.Algorithm
	Life      time.Duration
	// Remember keeps the keys and short names of firms before they are enrolled. It is
	// given again what a crash may have kept before.
	Remember func(firms []Firm, keys []keystore.NamedKey) error
}

// Bank is a bank of the network with its node.
type Bank struct {
	Alias string // in the keyring
	ID    string
	Node  Ledger
}

// Options of an import.
type Options struct {
	Days     int      // from issue to maturity
	State    string   // directory of journals
	InFlight int      // transactions that wait for their outcome
	Progress Progress // told how far it is
}

// Summary is what an import achieved, as the ledger says.
type Summary struct {
	File         string        `json:"file"`
	Rows         int           `json:"rows"`    // of the file
	Refused      []Refusal     `json:"refused"` // in order of line
	Debts        int           `json:"debts"`   // rows that were not refused by their form
	Total        money.Fen     `json:"total"`   // of Debts
	Active       int           `json:"active"`  // of these, certificates that are in force, read back from the ledger
	ActiveTotal  money.Fen     `json:"activeTotal"`
	Transactions int           `json:"transactions"` // sent by this run
	Elapsed      time.Duration `json:"elapsedNanos"`
	Stages       []StageTime   `json:"stages,omitempty"`
	Memory       uint64        `json:"memoryBytes"` // of this process, as obtained from the system
}

// StageTime is how long a stage took.
type StageTime struct {
	Stage        Stage         `json:"stage"`
	Items        int           `json:"items"`
	Transactions int           `json:"transactions"`
	Elapsed      time.Duration `json:"elapsedNanos"`
}

// Complete reports whether every row of the file is a certificate in force.
func (s *Summary) Complete() bool {
	return len(s.Refused) == 0 && s.Active == s.Rows && s.ActiveTotal == s.Total
}

// The stages of importing obligations, in order. Each firm is enrolled before it
// signs; a bank grants its debtors their lines; each creditor records contract and
// invoice; a bank's reviewer verifies them; the debtor issues; the creditor
// accepts.
const (
	StageKeys     Stage = "keys"
	StageEnrol    Stage = "enrol"
	StageGrant    Stage = "grant"
	StageInvoices Stage = "fingerprint"
	StageRecord   Stage = "record"
	StageVerify   Stage = "verify"
	StageIssue    Stage = "issue"
	StageAccept   Stage = "accept"
	StageRead     Stage = "read back"
)

// obligationImport is one run.
type obligationImport struct {
	*Obligations
	Options
	net    *Network
	sender *sender
	day    calendar.Date // of the made-up documents

	byDebtor, byCreditor []int // debts grouped
	byReference          map[string]int

	mu       sync.Mutex // of all below, and of firms and debts
	refusals map[int]*code.Error
	stages   []StageTime
	epoch    uint32 // of the fingerprints
	left     unsettled
}

// sender sends to all banks' nodes.
func (n *Network) sender(journal *journal, opt Options) *sender {
	var nodes []Ledger
	for _, b := range n.Banks {
		nodes = append(nodes, b.Node)
	}
	return newSender(n.Name, keysOf(n.Keyring), nodes, journal, opt)
}

// ImportObligations brings a file of obligations onto a development network. It
// returns when all that can be done is done; whether that is everything is in the
// summary. Called again after any end, with the same file, it goes on.
func ImportObligations(ctx context.Context, net *Network, o *Obligations, opt Options) (*Summary, error) {
	start := time.Now()
	im := &obligationImport{
		Obligations: o, Options: opt, net: net, day: net.Began.Date(), refusals: map[int]*code.Error{},
	}
	if err := im.prepare(); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("obligations %s on %s", o.Digest, net.Name)
	path := filepath.Join(opt.State, "obligations-"+o.Digest.String()[:16]+".jsonl")
	journal, err := openJournal(path, name, im.replay)
	if err != nil {
		return nil, err
	}
	im.sender = net.sender(journal, opt)
	err = im.run(ctx)
	if closed := journal.close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, err
	}
	s := im.summary(time.Since(start))
	if s.Complete() {
		// Everything is on the ledger: there is nothing left to go on with.
		err = removeJournal(path)
	}
	return s, err
}

// prepare names the firms and groups the debts.
func (im *obligationImport) prepare() error {
	for i := range im.firms {
		f := &im.firms[i]
		f.key = f.alias()
		var err error
		if f.id, err = im.net.Code(f.key); err != nil {
			return err
		}
		f.bank = sponsorOf(f.key, len(im.net.Banks))
	}
	im.byDebtor = im.grouped(func(d *debt) int32 { return d.debtor })
	im.byCreditor = im.grouped(func(d *debt) int32 { return d.creditor })
	im.byReference = make(map[string]int, len(im.debts))
	for i := range im.debts {
		im.byReference[im.reference(&im.debts[i])] = i
	}
	return nil
}

// sponsorOf is the bank that sponsors a firm, always the same.
func sponsorOf(alias string, banks int) int {
	sum := made("choice of a bank", alias)
	return int(sum[0]) % banks
}

// grouped are all debts, those of a firm together and in order of the file.
func (o *Obligations) grouped(firmOf func(*debt) int32) []int {
	count := make([]int, len(o.firms)+1)
	for i := range o.debts {
		count[firmOf(&o.debts[i])+1]++
	}
	for i := range o.firms {
		count[i+1] += count[i]
	}
	list := make([]int, len(o.debts))
	for i := range o.debts {
		f := firmOf(&o.debts[i])
		list[count[f]] = i
		count[f]++
	}
	return list
}

// replay reads a line of the journal. Refused operations count as not done: what
// stood in their way may be gone.
func (im *obligationImport) replay(e entry) error {
	if e.Sent != nil {
		im.left.add(*e.Sent)
	}
	if e.Final == nil {
		return nil
	}
	s, known := im.left.settle(e.Final.ID)
	if !known || e.Final.Again {
		return nil
	}
	return im.apply(&s, e.Final.Refused, func(int, *code.Error) {})
}

// apply marks what a transaction did.
func (im *obligationImport) apply(s *sent, refused map[int]*code.Error, refuse func(item int, why *code.Error)) error {
	bad := map[int]bool{}
	for i, item := range s.Items {
		limit := len(im.debts)
		if s.Stage == StageEnrol || s.Stage == StageGrant {
			limit = len(im.firms)
		}
		if item < 0 || item >= limit {
			return fmt.Errorf("a transaction of stage %s is for item %d of %d", s.Stage, item, limit)
		}
		if why := refused[i]; why != nil && !already(s.Stage, why.Code) {
			bad[item] = true
			refuse(item, why)
		}
	}
	for _, item := range s.Items {
		if bad[item] {
			continue
		}
		switch s.Stage {
		case StageEnrol:
			im.firms[item].enrolled = true
		case StageGrant:
			im.firms[item].granted = true
		case StageRecord:
			im.debts[item].done |= isRecorded
		case StageVerify:
			im.debts[item].done |= isVerified
		default: // the ledger is asked what was issued and accepted
		}
	}
	return nil
}

// already are the refusals that say: an earlier run has done this.
func already(s Stage, c code.Code) bool {
	switch s {
	case StageEnrol:
		return c == code.AlreadyExists
	case StageRecord:
		return c == code.AlreadyExists || c == code.EvidenceDuplicate
	case StageIssue:
		// Which certificate the reference or number issued, and whether it is this debt's,
		// is read back from the ledger.
		return c == code.ReferenceUsed
	default:
		return false
	}
}

// settled reports the outcome of a transaction of this run.
func (im *obligationImport) settled(s *sent, refused map[int]*code.Error, _ []byte) string {
	im.mu.Lock()
	defer im.mu.Unlock()
	err := im.apply(s, refused, func(item int, why *code.Error) {
		if s.Stage == StageEnrol || s.Stage == StageGrant {
			im.firms[item].refusal = why
			return
		}
		if im.refusals[item] == nil {
			im.refusals[item] = why
		}
	})
	if err != nil {
		panic(fmt.Sprintf("settle %s: %v", s.ID, err)) // its items were made by this run or checked by replay
	}
	return ""
}

// open reports whether a debt waits for a step.
func (im *obligationImport) open(i int, step progressOf) bool {
	d := &im.debts[i]
	return d.done&(step|isActive) == 0 && !im.refusedDebt(i)
}

func (im *obligationImport) refusedDebt(i int) bool {
	d := &im.debts[i]
	return im.refusals[i] != nil || im.firms[d.debtor].refusal != nil || im.firms[d.creditor].refusal != nil
}

func (im *obligationImport) run(ctx context.Context) error {
	if left := im.left.rest(); len(left) > 0 {
		im.Progress.Stage("resend", len(left))
		if err := im.sender.resend(ctx, left, im.settled); err != nil {
			return err
		}
	}
	if err := im.readBack(ctx); err != nil {
		return err
	}
	if err := im.checkTerm(ctx); err != nil {
		return err
	}
	for _, stage := range []struct {
		name Stage
		do   func(context.Context) (int, error)
	}{
		{StageKeys, im.makeKeys}, {StageEnrol, im.enrol}, {StageGrant, im.grant},
		{StageInvoices, im.fingerprints}, {StageRecord, im.record}, {StageVerify, im.verify},
		{StageIssue, im.issue}, {StageAccept, im.accept},
	} {
		start, before := time.Now(), im.sender.count
		items, err := stage.do(ctx)
		if err != nil {
			return fmt.Errorf("stage %s: %w", stage.name, err)
		}
		if items > 0 {
			im.stages = append(im.stages, StageTime{stage.name, items, im.sender.count - before, time.Since(start)})
		}
	}
	return nil
}

// checkTerm refuses a term that the ledger would refuse for every row.
func (im *obligationImport) checkTerm(ctx context.Context) error {
	node := im.net.Banks[0].Node
	pack, err := node.Pack(ctx)
	if err != nil {
		return err
	}
	now, err := node.Now(ctx)
	if err != nil {
		return err
	}
	return checkTerm(pack, now.Date(), now.Date().AddDays(im.Days))
}

// readBack marks the debts that have a certificate, as the ledger says.
func (im *obligationImport) readBack(ctx context.Context) error {
	im.Progress.Stage(string(StageRead), len(im.debts))
	if err := im.sender.reach(ctx, im.net.Banks[0].Node); err != nil {
		return err
	}
	for row, err := range im.net.Banks[0].Node.Certificates(ctx, "") {
		if err != nil {
			return fmt.Errorf("read the certificates back: %w", err)
		}
		i, ok := im.byReference[row.Reference]
		if !ok {
			continue
		}
		d := &im.debts[i]
		if row.Debtor != im.firms[d.debtor].id {
			continue // another debtor's reference of the same name
		}
		im.Progress.Add(1)
		if err := im.found(d, &row); err != nil {
			im.refusals[i] = err
		}
	}
	return nil
}

// found notes the certificate of a debt.
func (im *obligationImport) found(d *debt, row *record.CertificateRow) *code.Error {
	if row.Face != d.amount || row.FirstHolder != im.firms[d.creditor].id {
		return code.ReferenceUsed.New("certificate %s has the reference and other terms", row.Number)
	}
	parsed, err := number.ParseCertificate(row.Number)
	if err != nil {
		return code.BadNumber.New("certificate %.40q", row.Number)
	}
	d.day, d.sequence = parsed.Issued, int32(parsed.Sequence)
	switch row.State {
	case record.Issued:
		d.done |= isRecorded | isVerified | isIssued
	case record.Active:
		d.done |= isRecorded | isVerified | isIssued | isActive
	default:
		return code.CertificateState.New("certificate %s of this row is %s", row.Number, row.State)
	}
	return nil
}

func (im *obligationImport) summary(elapsed time.Duration) *Summary {
	s := &Summary{
		File: im.Path, Rows: im.Rows, Debts: len(im.debts), Total: im.Total,
		Refused:      append([]Refusal(nil), im.Obligations.Refused...),
		Transactions: im.sender.count, Elapsed: elapsed, Stages: im.stages, Memory: memory(),
	}
	for i := range im.debts {
		d := &im.debts[i]
		if d.done&isActive != 0 {
			s.Active++
			s.ActiveTotal += d.amount // no overflow: the sum of all debts fits
			continue
		}
		why := im.refusals[i]
		for _, f := range []int32{d.debtor, d.creditor} {
			if why == nil {
				why = im.firms[f].refusal
			}
		}
		if why == nil {
			why = code.TimedOut.New("its certificate is not in force; import the file again")
		}
		s.Refused = append(s.Refused, refusal(int(d.line), why))
	}
	sortRefusals(s.Refused)
	return s
}

// memory is what the process obtained from the system, in bytes.
func memory() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
