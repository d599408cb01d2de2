package main

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"

	"github.com/ipfs/boxo/blockservice"
	blocks "github.com/ipfs/go-block-format"
	"github.com/ipfs/go-cid"
	"github.com/multiformats/go-multihash"
)

// sharedSession is the session of blocks that are fetched one after the other, as a walk through a DAG fetches them.
type sharedSession struct {
	once    sync.Once
	session *blockservice.Session
}

// hold makes the blocks of a seed and stores them: the same as benchmarks/exchange/blocks.ts makes of it.
func (p *peer) hold(ctx context.Context, in asked, _ func(any)) (any, error) {
	key := sha256.Sum256([]byte(in.Seed))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	stream := cipher.NewCTR(block, make([]byte, aes.BlockSize))
	digests := make([]byte, 0, in.Count*sha256.Size)
	for range in.Count {
		data := make([]byte, in.BlockBytes)
		stream.XORKeyStream(data, data)
		digest := sha256.Sum256(data)
		made, err := blocks.NewBlockWithCid(data, rawCid(digest[:]))
		if err != nil {
			return nil, err
		}
		if err := p.blocks.AddBlock(ctx, made); err != nil {
			return nil, err
		}
		digests = append(digests, digest[:]...)
	}
	return map[string]any{"digests": digests}, nil
}

// fetch times the fetch of all blocks, and then looks for each in the store. Past the limit it answers what came by then.
func (p *peer) fetch(ctx context.Context, in asked, _ func(any)) (any, error) {
	wanted := cidsOf(in.Digests)
	bytes := 0
	limited, cancel := context.WithTimeout(ctx, time.Duration(in.LimitMs)*time.Millisecond)
	defer cancel()
	cpu, start := cpuTime(), time.Now()
	count, err := p.each(limited, wanted, in.Workers, func(block blocks.Block) { bytes += len(block.RawData()) })
	took, spent := time.Since(start), cpuTime()-cpu
	if err == nil {
		err = p.verify(ctx, wanted, in.BlockBytes)
	} else if limited.Err() != nil {
		err = ctx.Err()
	}
	return map[string]any{"ms": ms(took), "blocks": count, "bytes": bytes, "cpuMs": ms(spent)}, err
}

func (p *peer) oneByOne(ctx context.Context, in asked, _ func(any)) (any, error) {
	p.shared.once.Do(func() { p.shared.session = blockservice.NewSession(context.Background(), p.blocks) })
	wanted := cidsOf(in.Digests)
	latencies := []float64{}
	for _, c := range wanted {
		start := time.Now()
		get := p.blocks.GetBlock
		if in.InSession {
			get = p.shared.session.GetBlock
		}
		if _, err := get(ctx, c); err != nil {
			return nil, err
		}
		latencies = append(latencies, ms(time.Since(start)))
	}
	return map[string]any{"latencies": latencies}, p.verify(ctx, wanted, in.BlockBytes)
}

var cpuAsked time.Duration

// cpu tells the time on the processor since it was last asked.
func (p *peer) cpu(context.Context, asked, func(any)) (any, error) {
	now := cpuTime()
	spent := now - cpuAsked
	cpuAsked = now
	return map[string]any{"cpuMs": ms(spent)}, nil
}

func (p *peer) verify(ctx context.Context, wanted []cid.Cid, size int) error {
	for _, c := range wanted {
		block, err := p.store.Get(ctx, c)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(block.RawData())
		if len(block.RawData()) != size || !rawCid(sum[:]).Equals(c) {
			return fmt.Errorf("block %s is not in the store as it should be", c)
		}
	}
	return nil
}

func rawCid(digest []byte) cid.Cid {
	// A digest of 32 bytes can always be encoded.
	hash, err := multihash.Encode(digest, multihash.SHA2_256)
	if err != nil {
		panic(err)
	}
	return cid.NewCidV1(cid.Raw, hash)
}

func cidsOf(digests []byte) []cid.Cid {
	found := []cid.Cid{}
	for at := 0; at+sha256.Size <= len(digests); at += sha256.Size {
		found = append(found, rawCid(digests[at:at+sha256.Size]))
	}
	return found
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(errors.Join(errors.New("no processor time"), err))
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func ms(d time.Duration) float64 {
	return float64(d.Nanoseconds()) / 1e6
}
