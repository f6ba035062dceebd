package command

import (
	"errors"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/node/client"
)

// Nodes that disagree are told even when another one is down or too far ahead to
// be compared.
func TestNodesAreComparedAtOneHeight(t *testing.T) {
	at := func(height, common int64, hash byte) nodeStatus {
		n := nodeStatus{URL: "http://node"}
		n.Height, n.At = height, &client.Committed{Height: common}
		n.At.AppHash[0] = hash
		return n
	}
	down, ahead, fresh := nodeStatus{Down: "refused"}, nodeStatus{}, nodeStatus{}
	ahead.Height = 500
	for name, c := range map[string]struct {
		list   []nodeStatus
		common int64
		fork   bool
		code   code.Code
	}{
		"equal":        {[]nodeStatus{at(12, 10, 1), at(10, 10, 1), at(11, 10, 1)}, 10, false, code.OK},
		"one differs":  {[]nodeStatus{at(12, 10, 1), at(10, 10, 2)}, 10, true, code.OK},
		"one is down":  {[]nodeStatus{at(12, 12, 1), down}, 12, false, code.Unreachable},
		"both":         {[]nodeStatus{down, at(12, 10, 1), at(10, 10, 2)}, 10, true, code.OK},
		"far ahead":    {[]nodeStatus{at(12, 12, 1), ahead}, 12, false, code.OK},
		"no block yet": {[]nodeStatus{fresh, fresh}, 0, false, code.OK},
	} {
		if got := commonHeight(c.list); got != c.common {
			t.Errorf("%s: the common height is %d, not %d", name, got, c.common)
		}
		err := judge(c.list)
		var fork *disagreement
		switch {
		case c.fork != errors.As(err, &fork):
			t.Errorf("%s: %v", name, err)
		case c.code != code.OK && !c.code.Is(err), c.code == code.OK && !c.fork && err != nil:
			t.Errorf("%s: %v", name, err)
		}
	}
	var b strings.Builder
	writeStatus(&b, []nodeStatus{at(12, 10, 1), at(10, 10, 1), ahead, down})
	for _, want := range []string{"APP HASH AT 10", "0100000000", "no longer known", "does not answer"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, b.String())
		}
	}
}
