package chaincode

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tierledger/tierledger/chaincode/approval"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// BatchArgument is the argument of batch:Run: up to record.MaxBatchItems
// operations of one signer.
type BatchArgument struct {
	Items []BatchItem `json:"items"`
}

// BatchItem is one operation of a batch. Argument is the JSON object that the
// function would take on its own.
type BatchItem struct {
	Function string         `json:"function"`
	Argument jsontext.Value `json:"argument"`
}

// BatchResult says what became of each item, in the order of the items.
type BatchResult struct {
	Accepted int           `json:"accepted"`
	Refused  int           `json:"refused"`
	Items    []ItemOutcome `json:"items"`
}

// ItemOutcome is the outcome of one item: a result, or the code, rule and detail
// of its refusal.
type ItemOutcome struct {
	Code   code.Code      `json:"code"` // OK when accepted
	Rule   string         `json:"rule,omitempty"`
	Detail string         `json:"detail,omitempty"`
	Result jsontext.Value `json:"result,omitempty"`
}

// batch runs items one after another, each at a savepoint of its own: a refused
// item leaves nothing behind and does not stop the others. A later item sees
// what an earlier one did.
//
// The batch itself is refused only when it is empty or has too many items, or
// when the state below fails.
func (f *functions) batch(w *world.World, in BatchArgument) (BatchResult, error) {
	if err := checkBatch(in); err != nil {
		return BatchResult{}, err
	}
	result := BatchResult{Items: make([]ItemOutcome, 0, len(in.Items))}
	for i := range in.Items {
		text, err := f.item(w, &in.Items[i])
		outcome := ItemOutcome{Result: text}
		if err != nil {
			refusal := code.Of(err)
			if refusal == nil {
				return BatchResult{}, err
			}
			outcome = ItemOutcome{Code: refusal.Code, Rule: refusal.Rule, Detail: refusal.Detail}
			result.Refused++
		} else {
			result.Accepted++
		}
		result.Items = append(result.Items, outcome)
	}
	return result, nil
}

func checkBatch(in BatchArgument) error {
	if len(in.Items) == 0 {
		return code.BadArgument.New("the batch has no items")
	}
	if len(in.Items) > record.MaxBatchItems {
		return code.LimitExceeded.New("%d items in a batch, at most %d", len(in.Items), record.MaxBatchItems)
	}
	return nil
}

// item runs one item at a savepoint.
func (f *functions) item(w *world.World, item *BatchItem) (jsontext.Value, error) {
	op, argument, err := f.readItem(item)
	if err != nil {
		return nil, err
	}
	var result any
	err = w.Try(func() error {
		if op.unproposed && w.Actor().Quorum != 0 {
			return code.BatchItem.New("%s in a proposed batch", op.name)
		}
		if err := checkNoBatch(w, argument); err != nil {
			return err
		}
		if err := mayRun(w, op, argument); err != nil {
			return err
		}
		result, err = op.run(w, argument)
		return err
	})
	if err != nil {
		return nil, err
	}
	return encode(result), nil
}

// checkNoBatch refuses an approval of a proposed batch as an item of a batch: the
// one transaction would carry out the product of both, far beyond the limit.
func checkNoBatch(w *world.World, argument any) error {
	in, ok := argument.(approval.ApproveArgument)
	if !ok || member.CheckIdentifier("proposal", in.ID) != nil {
		return nil
	}
	p, err := world.Find(w, record.ProposalKey(in.ID))
	if err == nil && p != nil && p.Function == batchRun {
		err = code.BatchItem.New("proposal %s is a batch", in.ID)
	}
	return err
}

func (f *functions) readItem(item *BatchItem) (*operation, any, error) {
	op, err := f.find(item.Function)
	if err != nil {
		return nil, nil, err
	}
	if op.alone {
		return nil, nil, code.BatchItem.New("%s", op.name)
	}
	argument, err := op.decode(item.Argument)
	return op, argument, err
}

// canonicalBatch writes every item's argument in its canonical form. An item that
// cannot be read refuses the whole: nobody approves what nobody can read.
func (f *functions) canonicalBatch(in BatchArgument) ([]byte, error) {
	if err := checkBatch(in); err != nil {
		return nil, err
	}
	items := make([]BatchItem, len(in.Items))
	for i := range in.Items {
		var err error
		if items[i], err = f.canonicalItem(&in.Items[i]); err != nil {
			if refusal := code.Of(err); refusal != nil {
				err = refusal.Code.New("item %d: %s", i+1, refusal.Detail)
			}
			return nil, err
		}
	}
	return encodeArgument(BatchArgument{Items: items}), nil
}

func (f *functions) canonicalItem(item *BatchItem) (BatchItem, error) {
	op, argument, err := f.readItem(item)
	if err != nil {
		return BatchItem{}, err
	}
	text, err := op.canonical(argument)
	return BatchItem{Function: op.name, Argument: text}, err
}

// holdsOfBatch is what the items of a proposed batch set aside. An item that
// would be refused holds nothing: it is refused again when the others run.
func (f *functions) holdsOfBatch(w *world.World, in BatchArgument) ([]record.Hold, error) {
	var held []record.Hold
	err := w.Rehearse(func() error {
		for i := range in.Items {
			holds, err := f.holdsOfItem(w, &in.Items[i])
			if err != nil && code.Of(err) == nil {
				return err
			}
			if err == nil {
				held = append(held, holds...)
			}
		}
		return nil
	})
	return held, err
}

func (f *functions) holdsOfItem(w *world.World, item *BatchItem) (holds []record.Hold, err error) {
	op, argument, err := f.readItem(item)
	if err != nil {
		return nil, err
	}
	if op.holds != nil {
		if holds, err = op.holds(w, argument); err != nil {
			return nil, err
		}
	}
	_, err = f.item(w, item)
	return holds, err
}
