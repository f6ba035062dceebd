package load

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tierledger/tierledger/node/consensus"
)

// pause lies between two transactions of the latency workload: long enough for
// the empty block after each to go by.
const pause = 60 * time.Millisecond

// latency sends one transaction at a time, to the validators in turn, and returns
// how long each took until the validator that took it has it final.
func (f *field) latency(
	ctx context.Context, txs []signed, progress func(string, int, int), step string,
	final func(validator, i int) (bool, error),
) ([]time.Duration, error) {
	took := make([]time.Duration, 0, len(txs))
	for i, tx := range txs {
		progress(step, i, len(txs))
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
		t, err := f.one(ctx, i, tx, final)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", step, err)
		}
		took = append(took, t)
	}
	progress(step, len(txs), len(txs))
	return took, nil
}

func (f *field) one(ctx context.Context, i int, tx signed, final func(validator, i int) (bool, error)) (time.Duration, error) {
	v := i % len(f.engines)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	heights, stop := f.engines[v].Subscribe()
	defer stop()
	begun := time.Now()
	result, err := f.engines[v].Broadcast(tx.raw)
	if err != nil {
		return 0, err
	}
	if result.Code != 0 {
		return 0, fmt.Errorf("refused: %s", result.Log)
	}
	for {
		done, err := final(v, i)
		if err != nil {
			return 0, err
		}
		if done {
			return time.Since(begun), nil
		}
		select {
		case _, ok := <-heights:
			if !ok {
				return 0, errors.Join(consensus.ErrStopped, f.engines[v].Err())
			}
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}
