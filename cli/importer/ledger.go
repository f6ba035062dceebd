package importer

import (
	"context"
	"iter"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Ledger is one node of the network as an import needs it. A node's REST API is
// one, through node/client, and tests use a ledger in memory. It is safe for
// concurrent use.
type Ledger interface {
	// Submit sends a signed transaction and waits until it is final. It may be called
	// again with the same bytes at any time and gives the same outcome. A refusal at
	// the door is a *code.Error and leaves the transaction unexecuted; with any other
	// error its fate is not known.
	Submit(ctx context.Context, compact []byte) (Outcome, error)
	// Now is the ledger's time.
	Now(ctx context.Context) (calendar.Instant, error)
	// Height is the node's last block. What was final at another node may be a block
	// ahead of this one.
	Height(ctx context.Context) (int64, error)
	// Certificates lists the certificates of a debtor, or all when it is empty.
	Certificates(ctx context.Context, debtor string) iter.Seq2[record.CertificateRow, error]
	// Lines lists the credit lines of a bank.
	Lines(ctx context.Context, bank string) iter.Seq2[record.Line, error]
	// Fingerprints asks a bank's node for the fingerprints of invoices, at most
	// MaxFacts, and says which epoch of the key is the present one.
	Fingerprints(ctx context.Context, facts []evidence.InvoiceFacts) ([]Fingerprint, uint32, error)
	// Member finds a member, nil when there is none.
	Member(ctx context.Context, id string) (*record.Member, error)
	// Invoice finds an invoice by its fingerprint, nil when there is none that the
	// caller may see.
	Invoice(ctx context.Context, fingerprint record.Digest) (*record.Invoice, error)
	// Proposal finds a proposal, nil when there is none.
	Proposal(ctx context.Context, id string) (*record.Proposal, error)
	// Pack is the rule pack in force.
	Pack(ctx context.Context) (*record.Pack, error)
	// Holdings lists the holdings of all certificates in force.
	Holdings(ctx context.Context) iter.Seq2[record.HoldingRow, error]
	// Accounts lists the bank accounts of a member.
	Accounts(ctx context.Context, member string) iter.Seq2[record.Account, error]
	// Rates lists the posted rates of a bank, also those that can no longer be taken.
	Rates(ctx context.Context, bank string) iter.Seq2[record.PostedRate, error]
	// Limits lists a bank's limits on debtors and suppliers.
	Limits(ctx context.Context, bank string) iter.Seq2[record.Limit, error]
	// Financings lists all financings.
	Financings(ctx context.Context) iter.Seq2[record.FinancingRow, error]
	// Financing reads a financing.
	Financing(ctx context.Context, id string) (*record.Financing, error)
	// Runs lists the runs of a payment date.
	Runs(ctx context.Context, day calendar.Date) iter.Seq2[record.Run, error]
	// Legs lists the legs of a run, without the late interest on them.
	Legs(ctx context.Context, run string) iter.Seq2[record.Settlement, error]
	// Settlements lists the settlements that pay out financings.
	Settlements(ctx context.Context) iter.Seq2[record.Settlement, error]
}

// Outcome is what a transaction did or why it was refused, as far as an import
// reads it.
type Outcome struct {
	Refusal *code.Error // nil when it was accepted
	Result  []byte      // JSON that the function returned
	Height  int64       // of its block
}

// Fingerprint is an invoice's under the key of the present epoch, to be used, and
// under those of all other epochs, in order of epoch.
type Fingerprint struct {
	Use    record.Digest
	Others []record.Digest
}

// registered is the fingerprint as it is to be used when the invoice was registered
// before the banks changed their key.
func (f Fingerprint) registered(ctx context.Context, node Ledger) (Fingerprint, error) {
	for i, earlier := range f.Others {
		old, err := node.Invoice(ctx, earlier)
		if err != nil {
			return f, err
		}
		if old != nil {
			return Fingerprint{earlier, append(slices.Delete(slices.Clone(f.Others), i, i+1), f.Use)}, nil
		}
	}
	return f, nil
}

// MaxFacts is how many invoices are fingerprinted with one request.
const MaxFacts = 500

// Progress is told how far an import is. Stages come one after another; the
// methods may be called from several goroutines.
type Progress interface {
	// Stage begins a stage with so many things to do.
	Stage(name string, total int)
	// Add says that so many more are done.
	Add(n int)
}
