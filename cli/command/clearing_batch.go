package command

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/sync/errgroup"

	"github.com/tierledger/tierledger/chaincode"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/node/client"
	"github.com/tierledger/tierledger/node/reconcile"
)

// batchInFlight bounds the batches of a command that wait for their outcome: they leave
// room in a block for others.
const batchInFlight = 4

// items are operations that one signer asks for, in batches.
type items struct {
	list  []chaincode.BatchItem
	limit int // of one batch
}

// add adds an operation.
func (i *items) add(function string, argument any) error {
	text, err := client.Argument(argument)
	if err != nil {
		return err
	}
	i.list = append(i.list, chaincode.BatchItem{Function: function, Argument: jsontext.Value(text)})
	return nil
}

// cut divides the items into batches, each a range of the list.
func (i *items) cut() [][2]int {
	sizes := make([]int, len(i.list))
	for n := range i.list {
		sizes[n] = len(i.list[n].Function) + len(i.list[n].Argument)
	}
	return reconcile.Cut(sizes, i.limit)
}

// run signs the batches, some at a time, and gives the outcome of every item to done, one
// call at a time. With --propose each batch is proposed instead; done is not called.
func (i *items) run(ctx context.Context, s *session, stage string, done func(n int, o chaincode.ItemOutcome)) error {
	if len(i.list) == 0 {
		return nil
	}
	bar := &bars{out: s.app.Err, quiet: s.app.quiet || s.app.json || !isTerminal(s.app.Err)}
	bar.Stage(stage, len(i.list))
	defer bar.end()
	if s.app.propose {
		for _, r := range i.cut() {
			if err := s.propose(ctx, "batch:Run", chaincode.BatchArgument{Items: i.list[r[0]:r[1]]}); err != nil {
				return err
			}
			bar.Add(r[1] - r[0])
		}
		return nil
	}
	var one sync.Mutex
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(batchInFlight)
	for _, r := range i.cut() {
		all.Go(func() error {
			return i.send(ctx, s, r[0], r[1], func(n int, o chaincode.ItemOutcome) {
				one.Lock()
				defer one.Unlock()
				done(n, o)
				bar.Add(1)
			})
		})
	}
	return all.Wait()
}

// send signs one batch. What is too much for a transaction goes in two.
func (i *items) send(ctx context.Context, s *session, from, to int, done func(int, chaincode.ItemOutcome)) error {
	var result chaincode.BatchResult
	_, err := s.invoke(ctx, "batch:Run", chaincode.BatchArgument{Items: i.list[from:to]}, &result)
	if (code.LimitExceeded.Is(err) || code.TooLarge.Is(err)) && to-from > 1 {
		middle := (from + to) / 2
		if err := i.send(ctx, s, from, middle, done); err != nil {
			return err
		}
		return i.send(ctx, s, middle, to, done)
	}
	if err != nil {
		return err
	}
	if len(result.Items) != to-from {
		return fmt.Errorf("%d outcomes of %d operations", len(result.Items), to-from)
	}
	for n, o := range result.Items {
		done(from+n, o)
	}
	return nil
}

// refusalOf is the refusal of an item, nil when it was accepted.
func refusalOf(o chaincode.ItemOutcome) *code.Error {
	if o.Code == code.OK {
		return nil
	}
	return &code.Error{Code: o.Code, Rule: o.Rule, Detail: o.Detail}
}

// refusedLeg is a leg with which something was refused.
type refusedLeg struct {
	Leg    string    `json:"leg"`
	Code   code.Code `json:"code"`
	Rule   string    `json:"rule,omitzero"`
	Detail string    `json:"detail,omitzero"`
}

func refusedLegOf(leg string, e *code.Error) refusedLeg {
	return refusedLeg{leg, e.Code, e.Rule, e.Detail}
}

// writeRefused lists what was refused, the first of many.
func writeRefused(w io.Writer, list []refusedLeg) {
	for _, r := range list[:min(shown, len(list))] {
		fmt.Fprintf(w, "  leg %s: %s: %s\n", r.Leg, r.Code, r.Detail)
	}
	if len(list) > shown {
		fmt.Fprintf(w, "  and %d more\n", len(list)-shown)
	}
}

// judgeRefused fails with the first refusal.
func judgeRefused(list []refusedLeg, what string) error {
	if len(list) == 0 {
		return nil
	}
	first := list[0]
	return first.Code.New("%d legs were not %s; the first is %s: %s", len(list), what, first.Leg, first.Detail).Under(first.Rule)
}
