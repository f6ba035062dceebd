package world

import (
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Pack is the rule pack in force: of those whose first day has come, the one
// with the highest ordinal. There is none only before the genesis was written;
// that is refused with RULE_PACK_UNKNOWN.
// The caller must not change it.
func (w *World) Pack() (*record.Pack, error) {
	if w.pack != nil && !w.packs {
		return w.pack, nil
	}
	var current *record.Pack
	prefix := record.PacksPrefix()
	err := Scan(w, prefix, record.PrefixEnd(prefix), func(_ string, p *record.Pack) (bool, error) {
		if p.Effective <= w.Today() {
			current = p
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	if current == nil {
		return nil, code.RulePackUnknown.New("no rule pack is in force on %s", w.Today())
	}
	w.pack = current
	return current, nil
}
