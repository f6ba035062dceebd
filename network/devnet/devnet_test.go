package devnet_test

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/tierledger/tierledger/network/devnet"
)

func start(t *testing.T, d *devnet.Devnet) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if err := d.Start(ctx, logger); err != nil {
		t.Fatal(err)
	}
}

func TestFourBanksAgreeAndGoOnAfterARestart(t *testing.T) {
	dir := t.TempDir()
	d, err := devnet.Create(dir, devnet.Options{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := devnet.Create(dir, devnet.Options{Now: time.Now()}); err == nil {
		t.Fatal("a second devnet was made in the same directory")
	}
	start(t, d)
	first := d.Nodes()[0].Store().Head()
	if err := d.Stop(); err != nil {
		t.Fatal(err)
	}
	again, err := devnet.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	start(t, again)
	defer func() {
		if err := again.Stop(); err != nil {
			t.Error(err)
		}
	}()
	for i, n := range again.Nodes() {
		head := n.Store().Head()
		if head.Height <= first.Height {
			t.Errorf("node %d is at %d after the restart, it was at %d", i+1, head.Height, first.Height)
		}
	}
}
