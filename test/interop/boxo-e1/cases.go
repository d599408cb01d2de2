// Package e1 runs the eighteen small cases of Boxo's bitswap benchmarks over Boxo's own virtual network, and counts every
// message of the fetching peer by its kind. What comes out is what the laboratory's `a2` is compared with.
package e1

import (
	"context"
	"sync"

	"github.com/ipfs/boxo/exchange"
	blocks "github.com/ipfs/go-block-format"
	"github.com/ipfs/go-cid"
)

type fetch func(ctx context.Context, session exchange.Fetcher, wanted []cid.Cid) error

// spread says whether a seed has a block.
type spread func(block, seed, seeds int) bool

type smallCase struct {
	name   string
	seeds  int
	blocks int
	spread spread
	fetch  fetch
}

func allToAll(_, _, _ int) bool { return true }

// The first seed has the first three quarters, the second the last three.
func overlap1(block, seed, _ int) bool {
	if seed == 0 {
		return block < 75
	}
	return block >= 25
}

// Even ones, odd ones, and every third on both.
func overlap3(block, seed, _ int) bool { return block%2 == seed || block%3 == 0 }

// Boxo draws the peer by lot; in turn, both programs have the same.
func onePeerPerBlock(block, seed, seeds int) bool { return block%seeds == seed }

func batch(ctx context.Context, session exchange.Fetcher, wanted []cid.Cid) error {
	got, err := session.GetBlocks(ctx, wanted)
	if err != nil {
		return err
	}
	for range got {
	}
	return nil
}

func oneAtATime(ctx context.Context, session exchange.Fetcher, wanted []cid.Cid) error {
	for _, c := range wanted {
		if _, err := session.GetBlock(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func batchesOfTen(ctx context.Context, session exchange.Fetcher, wanted []cid.Cid) error {
	for at := 0; at < len(wanted); at += 10 {
		if err := batch(ctx, session, wanted[at:min(at+10, len(wanted))]); err != nil {
			return err
		}
	}
	return nil
}

// together runs all at once and hands on one of the errors.
func together(count int, run func(at int) error) error {
	var group sync.WaitGroup
	errs := make([]error, count)
	for at := range count {
		group.Go(func() { errs[at] = run(at) })
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func allConcurrent(ctx context.Context, session exchange.Fetcher, wanted []cid.Cid) error {
	return together(len(wanted), func(at int) error {
		_, err := session.GetBlock(ctx, wanted[at])
		return err
	})
}

func unixFs(ctx context.Context, session exchange.Fetcher, wanted []cid.Cid) error {
	if _, err := session.GetBlock(ctx, wanted[0]); err != nil {
		return err
	}
	if err := batch(ctx, session, wanted[1:11]); err != nil {
		return err
	}
	return batch(ctx, session, wanted[11:])
}

// As unixFs, where what comes after a hundred is asked for in five batches of ten at a time.
func unixFsLarge(ctx context.Context, session exchange.Fetcher, wanted []cid.Cid) error {
	if err := unixFs(ctx, session, wanted[:100]); err != nil {
		return err
	}
	for from := 100; from < len(wanted); from += 50 {
		err := together(5, func(at int) error {
			return batch(ctx, session, wanted[from+10*at:from+10*at+10])
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// In the order of Boxo's benchmarks, and by the names that the laboratory has for them.
var cases = []smallCase{
	{"3 nodes, all to all, one at a time", 2, 100, allToAll, oneAtATime},
	{"3 nodes, all to all, big batch", 2, 100, allToAll, batch},
	{"3 nodes, overlap 1, one at a time", 2, 100, overlap1, oneAtATime},
	{"3 nodes, overlap 3, one at a time", 2, 100, overlap3, oneAtATime},
	{"3 nodes, overlap 3, batches of ten", 2, 100, overlap3, batchesOfTen},
	{"3 nodes, overlap 3, all concurrent", 2, 100, overlap3, allConcurrent},
	{"3 nodes, overlap 3, big batch", 2, 100, overlap3, batch},
	{"3 nodes, overlap 3, UnixFS", 2, 100, overlap3, unixFs},
	{"10 nodes, all to all, one at a time", 9, 100, allToAll, oneAtATime},
	{"10 nodes, all to all, batches of ten", 9, 100, allToAll, batchesOfTen},
	{"10 nodes, all to all, big batch", 9, 100, allToAll, batch},
	{"10 nodes, all to all, all concurrent", 9, 100, allToAll, allConcurrent},
	{"10 nodes, all to all, UnixFS", 9, 100, allToAll, unixFs},
	{"10 nodes, all to all, UnixFS large", 9, 1000, allToAll, unixFsLarge},
	{"10 nodes, one peer per block, one at a time", 9, 100, onePeerPerBlock, oneAtATime},
	{"10 nodes, one peer per block, big batch", 9, 100, onePeerPerBlock, batch},
	{"10 nodes, one peer per block, UnixFS", 9, 100, onePeerPerBlock, unixFs},
	{"200 nodes, all to all, big batch", 199, 20, allToAll, batch},
}

// put gives each seed what it has of the blocks.
func put(ctx context.Context, store func(seed int, block blocks.Block) error, one smallCase, content []blocks.Block) error {
	for seed := range one.seeds {
		for at, block := range content {
			if !one.spread(at, seed, one.seeds) {
				continue
			}
			if err := store(seed, block); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}
