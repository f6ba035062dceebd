package chaincode

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
)

// anItem is an operation of a bank's maker, sensible or not.
func anItem(t *rapid.T) (function, argument string) {
	id := rapid.SampledFrom([]string{"G1", "G2", "G3", "bad id"})
	switch rapid.IntRange(0, 3).Draw(t, "operation") {
	case 0:
		return "credit:SetGroup", fmt.Sprintf(`{"id":%q,"parent":%q,"cap":"%d.00"}`,
			id.Draw(t, "id"), rapid.SampledFrom([]string{"", "G1", "G2", "G3"}).Draw(t, "parent"), rapid.IntRange(-1, 9).Draw(t, "cap"))
	case 1:
		return "credit:FreezeLine", fmt.Sprintf(`{"id":%q,"reason":"test"}`, id.Draw(t, "line"))
	case 2:
		return "credit:Grant", `{"id":"L1","limit":1}`
	default:
		return "credit:grant", `{}`
	}
}

// A batch does what its items do when they are sent one after another: the same
// state, the same codes.
func TestBatchIsItsItemsOneAfterAnother(t *testing.T) {
	cc, begun := newChaincode(t), newState(t)
	rapid.Check(t, func(rt *rapid.T) {
		together, apart := begun.Clone(), begun.Clone()
		var items []string
		var codes []code.Code
		for range rapid.IntRange(1, 8).Draw(rt, "items") {
			function, argument := anItem(rt)
			items = append(items, fmt.Sprintf(`{"function":%q,"argument":%s}`, function, argument))
			r := cc.Invoke(newStub(t, apart, "maker", function, argument))
			if r.GetStatus() == 200 {
				codes = append(codes, code.OK)
			} else {
				codes = append(codes, code.ParseMessage(r.GetMessage()).Code)
			}
		}
		r := cc.Invoke(newStub(t, together, "maker", "batch:Run", `{"items":[`+strings.Join(items, ",")+`]}`))
		var result BatchResult
		if err := json.Unmarshal(r.GetPayload(), &result); err != nil {
			rt.Fatalf("%s: %v", r.GetMessage(), err)
		}
		for i, item := range result.Items {
			if item.Code != codes[i] {
				rt.Errorf("item %d %s: %s in the batch, %s alone", i+1, items[i], item.Code, codes[i])
			}
		}
		if !together.Equal(apart) {
			rt.Errorf("the batch %v left another state", items)
		}
	})
}

func TestBatchHasALimit(t *testing.T) {
	item := `{"function":"credit:FreezeLine","argument":{}},`
	r := newChaincode(t).Invoke(newStub(t, newState(t), "maker", "batch:Run",
		`{"items":[`+strings.TrimSuffix(strings.Repeat(item, record.MaxBatchItems+1), ",")+`]}`))
	if got := code.ParseMessage(r.GetMessage()); got.Code != code.LimitExceeded {
		t.Error(got)
	}
}
