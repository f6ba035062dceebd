package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
)

// answered is what the bank's policy and the ledger made of one request.
type answered struct {
	Financing   string           `json:"financing"`
	Amount      money.Fen        `json:"amount"`
	Decision    *client.Decision `json:"decision,omitempty"`
	Transaction record.Digest    `json:"transaction"` // of the quote; zero when none was made
	Proposal    string           `json:"proposal"`    // with --propose, under which a checker approves it
	Reason      string           `json:"reason"`      // why there is no quote although the policy makes one

	refusal error
}

// done is what was done, in a word.
func (r *answered) done() string {
	switch {
	case r.refusal != nil:
		return "failed: " + r.Reason
	case r.Proposal != "":
		return "proposed as " + r.Proposal
	case !r.Transaction.IsZero():
		return "quoted"
	case r.Decision.Outcome == client.OutcomeRefer:
		return "for a person to decide"
	default:
		return "no quote"
	}
}

// automatic is how the policy's quotes are made.
type automatic struct {
	contract record.Digest
	account  string
	validFor time.Duration // when the policy does not say
	day      calendar.Date // value date; zero: by validFor
}

// answerAll has the bank's policy decide on the requests named, or on all for which
// the bank may quote and has no quote, and quotes where it says so. A request that fails
// does not keep the others waiting; the first failure is returned when all are done.
func (s *session) answerAll(ctx context.Context, ids []string, how automatic) error {
	if len(ids) == 0 {
		open, err := s.requests(ctx)
		if err != nil {
			return err
		}
		for _, r := range open {
			if r.Own.State == 0 || r.Own.State == record.QuoteExpired { // what a person took back stays back
				ids = append(ids, r.ID)
			}
		}
	}
	list := make([]answered, 0, len(ids))
	var failures []error
	for i, id := range ids {
		r := answered{Financing: id}
		if r.refusal = s.answer(ctx, &r, how); r.refusal != nil {
			r.Reason = r.refusal.Error()
			failures = append(failures, fmt.Errorf("financing %s: %w", id, r.refusal))
		}
		list = append(list, r)
		s.app.before(func(w io.Writer) { fmt.Fprintf(w, "%d of %d: %s\n", i+1, len(ids), id) })
		if ctx.Err() != nil {
			break
		}
	}
	err := s.app.print(list, func(w io.Writer) { s.app.writeAnswers(w, list) })
	return errors.Join(err, errors.Join(failures...))
}

func (s *session) answer(ctx context.Context, r *answered, how automatic) error {
	f, err := s.Financing(ctx, r.Financing)
	if err != nil {
		return err
	}
	r.Amount = f.Amount
	if r.Decision, err = s.Decide(ctx, r.Financing); err != nil {
		return err
	}
	if r.Decision.Outcome != client.OutcomeQuote || r.Decision.Terms == nil {
		return nil
	}
	validFor := how.validFor
	if hours := r.Decision.Terms.ValidHours; hours > 0 {
		validFor = time.Duration(hours) * time.Hour
	}
	day, err := s.valueDate(ctx, how.day, validFor)
	if err != nil {
		return err
	}
	in, _, err := s.quoteFor(ctx, f, how.terms(r.Decision.Terms, day), how.account, validFor)
	if err != nil {
		return err
	}
	const function = "financing:Quote"
	if s.app.propose {
		made, _, err := s.proposal(ctx, function, in)
		r.Proposal = made.ID
		return err
	}
	outcome, err := s.invoke(ctx, function, in, nil)
	if err != nil {
		return err
	}
	r.Transaction = outcome.TxID
	return nil
}

// terms are a policy's price as a quote's terms: the supplier bears interest and fee,
// and nobody guarantees.
func (how *automatic) terms(p *client.PolicyTerms, day calendar.Date) record.Terms {
	return record.Terms{
		Kind: p.Kind, Rate: p.Rate, Basis: p.Basis, Interest: p.Interest, Advance: p.Advance, Fee: p.Fee,
		SupplierInterest: financing.Whole, SupplierFee: financing.Whole, ValueDate: day, Contract: how.contract,
	}
}

func (a *app) writeAnswers(w io.Writer, list []answered) {
	t := columns("FINANCING", ">AMOUNT", "POLICY", "", "WHY")
	for _, r := range list {
		outcome, why := "", ""
		if r.Decision != nil {
			outcome = r.Decision.Outcome
			var reasons []string
			for _, f := range r.Decision.Fired {
				reasons = append(reasons, f.Rule+": "+a.reason(&f))
			}
			why = strings.Join(reasons, "; ")
			if r.Decision.Terms != nil {
				why = priceSaid(r.Decision.Terms)
			}
		}
		t.add(r.Financing, r.Amount.Human(), outcome, r.done(), why)
	}
	t.write(w, "no open requests without a quote of yours")
}

// checkAuto refuses flags that do not go together with --auto, or that are missing
// without it: BAD_ARGUMENT.
func checkAuto(auto bool, args []string, rate bool) error {
	switch {
	case auto && rate:
		return code.BadArgument.New("with --auto the policy sets the rate")
	case !auto && !rate:
		return code.BadArgument.New("--rate is missing")
	case !auto && len(args) != 1:
		return code.BadArgument.New("a quote is for one financing; --auto answers all")
	}
	return nil
}
