package execute

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/merkle"
	"github.com/tierledger/tierledger/ledger/admission"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/ledger/stub"
)

// finish puts everything the block changed into its batch: the replay set, the
// state, the tree, the view, and last the head.
func (r *run) finish() error {
	if err := r.recordReplay(); err != nil {
		return err
	}
	s, b := r.config.Store, r.result.batch
	changes := r.overlay.Changes()
	for _, c := range changes {
		if c.Value == nil {
			b.Delete(store.State, []byte(c.Key))
		} else {
			b.Set(store.State, []byte(c.Key), c.Value)
		}
	}
	head := s.Head()
	before := merkle.Root{Version: head.TreeVersion, Hash: head.TreeRoot}
	root, delta, err := merkle.Update(s, before, uint64(r.block.Height), treeChanges(changes))
	if err != nil {
		return fmt.Errorf("update the tree: %w", err)
	}
	for _, page := range delta.Pages {
		b.SetPage(page.Key, page.Bytes)
	}
	for _, key := range delta.Stale {
		b.RetirePage(uint64(r.block.Height), key)
	}
	if err := r.rows.Write(s, b); err != nil {
		return err
	}
	if r.result.Validators, err = r.validatorChanges(changes); err != nil {
		return err
	}
	r.result.AppHash = root.Hash
	b.SetHead(store.Head{
		Height: r.block.Height, AppHash: root.Hash, Time: int64(r.block.Time),
		TreeVersion: root.Version, TreeRoot: root.Hash,
	})
	return nil
}

// recordReplay adds the block's transactions to the replay set and drops the
// buckets whose transactions have all expired.
func (r *run) recordReplay() error {
	tx := r.overlay.Begin(stub.Call{TxID: blockID("replay", r.config.Network, r.block.Height).String()})
	height := binary.BigEndian.AppendUint64(nil, uint64(r.block.Height))
	for _, bucket := range slices.Sorted(maps.Keys(r.replay)) {
		ids := r.replay[bucket]
		for _, id := range ids {
			r.result.batch.Set(store.Replay, admission.ReplayKey(bucket, id), height)
		}
		key := admission.ReplayStateKey(bucket)
		before, err := tx.GetState(key)
		if err != nil {
			return err
		}
		if err := tx.PutState(key, admission.ReplayDigest(before, r.block.Height, ids)); err != nil {
			return err
		}
	}
	if err := r.dropReplay(tx, admission.DroppedBefore(r.now)); err != nil {
		return err
	}
	tx.Keep()
	return nil
}

func (r *run) dropReplay(tx *stub.Tx, before int64) error {
	rows, err := tx.GetStateByRange(admission.ReplayPrefix, admission.ReplayStateKey(before))
	if err != nil {
		return err
	}
	var dropped []string
	for rows.HasNext() {
		row, err := rows.Next()
		if err != nil {
			return err
		}
		dropped = append(dropped, row.GetKey())
	}
	if err := rows.Close(); err != nil {
		return err
	}
	for _, key := range dropped {
		bucket, err := strconv.ParseInt(strings.TrimPrefix(key, admission.ReplayPrefix), 10, 64)
		if err != nil {
			return fmt.Errorf("read replay bucket %q: %w", key, err)
		}
		r.result.batch.DeleteRange(store.Replay, admission.BucketKey(bucket), admission.BucketKey(bucket+1))
		if err := tx.DelState(key); err != nil {
			return err
		}
	}
	return nil
}

func treeChanges(changes []stub.Change) []merkle.Change {
	out := make([]merkle.Change, len(changes))
	for i, c := range changes {
		out[i].Path = merkle.LeafPath(store.Group(c.Key), c.Key)
		if c.Value != nil {
			out[i].Value = merkle.ValueHash(c.Value)
		}
	}
	return out
}

// validatorChanges compares the validators the block wrote with the committed
// ones: the engine halts when told to remove a key it does not have.
func (e *Executor) validatorChanges(changes []stub.Change) ([]ValidatorChange, error) {
	var out []ValidatorChange
	for _, c := range changes {
		if !strings.HasPrefix(c.Key, record.ValidatorsPrefix()) {
			continue
		}
		committed, err := e.config.Store.Get(store.State, []byte(c.Key))
		if err != nil {
			return nil, err
		}
		before, err := seat(committed)
		if err != nil {
			return nil, fmt.Errorf("read validator %s: %w", c.Key, err)
		}
		after, err := seat(c.Value)
		if err != nil {
			return nil, fmt.Errorf("read validator %s: %w", c.Key, err)
		}
		moved := !bytes.Equal(before.Consensus, after.Consensus)
		if before.Power > 0 && (after.Power == 0 || moved) {
			out = append(out, ValidatorChange{Bank: before.Bank, Consensus: before.Consensus})
		}
		if after.Power > 0 && (after.Power != before.Power || moved) {
			out = append(out, after)
		}
	}
	return out, nil
}

// seat is a stored validator's place in the set: Power 0 when it has none.
func seat(data []byte) (ValidatorChange, error) {
	if data == nil {
		return ValidatorChange{}, nil
	}
	var v record.Validator
	if err := record.Decode(data, &v); err != nil {
		return ValidatorChange{}, err
	}
	if !v.Active {
		return ValidatorChange{Bank: v.Bank, Consensus: v.Consensus}, nil
	}
	return ValidatorChange{Bank: v.Bank, Consensus: v.Consensus, Power: v.Power}, nil
}
