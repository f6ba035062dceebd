package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// journal remembers on disk which steps of a story were signed and what they
// returned, so that a story that was interrupted goes on where it was. A step's
// transaction is written before it is sent: sent again, it is the same one, and
// nothing happens twice. It is safe for concurrent use.
type journal struct {
	path string

	mu    sync.Mutex
	steps map[string]step
}

// step is one transaction of a story.
type step struct {
	Transaction string          `json:"transaction"`      // compact JWS
	Result      json.RawMessage `json:"result,omitempty"` // once it is final
}

// openJournal reads the journal of a directory; none yet is an empty one.
func openJournal(dir string) (*journal, error) {
	j := &journal{path: filepath.Join(dir, "story.json"), steps: map[string]step{}}
	text, err := os.ReadFile(j.path)
	if errors.Is(err, fs.ErrNotExist) {
		return j, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	if err := json.Unmarshal(text, &j.steps); err != nil {
		return nil, fmt.Errorf("read the journal %s: %w", j.path, err)
	}
	return j, nil
}

func (j *journal) get(name string) step {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.steps[name]
}

// put writes a step and returns when it is on disk.
func (j *journal) put(name string, s step) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.steps[name] = s
	text, err := json.MarshalIndent(j.steps, "", "  ")
	if err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	if err := replaceFile(j.path, append(text, '\n')); err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	return nil
}

// told reports whether the story was told to its end.
func (j *journal) told() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.steps[lastStep].Result != nil
}

// replaceFile writes a file so that a crash leaves the old or the new one.
func replaceFile(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), path)
}
