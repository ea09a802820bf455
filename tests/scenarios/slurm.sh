#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# slurm.sh SNITT: a batch on a real Slurm of three nodes on this machine, one of which is
# killed in the middle.  Nothing is lost, and the bytes are those of a local batch.
# Needs root (Slurm starts jobs as their user) and slurm-wlm, munge.
set -eu
snitt=$1
for program in slurmctld slurmd munged sbatch; do
    command -v $program >/dev/null || PATH=$PATH:/usr/sbin
    command -v $program >/dev/null || {
        echo "skipped: no $program (Debian: slurm-wlm munge)"
        exit 77
    }
done
[ "$(id -u)" = 0 ] || {
    echo "skipped: Slurm's daemons need root here"
    exit 77
}
work=$(mktemp -d)
chmod 755 "$work"
cd "$work"
daemons=""
finish() {
    code=$?
    trap - EXIT
    for pid in $daemons; do
        kill "$pid" 2>/dev/null || true
    done
    for node in n1 n2 n3; do
        [ ! -f "$work/$node.pid" ] || kill -9 "$(cat "$work/$node.pid")" 2>/dev/null || true
    done
    sleep 1
    [ $code = 0 ] || tail -n 15 ctld.log n?.log log 2>/dev/null || true
    cd /
    rm -rf "$work"
    exit $code
}
trap finish EXIT
fail() {
    echo "FAIL $*"
    exit 1
}

# ---- the cluster ----
base=$((20000 + $$ % 10000))
host=$(hostname -s)
mkdir state spool munge
dd if=/dev/urandom of=munge/key bs=64 count=1 2>/dev/null
chmod 700 munge
chmod 600 munge/key
munged --force --foreground --socket="$work/munge.socket" --key-file="$work/munge/key" \
    --pid-file="$work/munge/pid" --log-file="$work/munge/log" \
    --seed-file="$work/munge/seed" >munge.log 2>&1 &
daemons="$daemons $!"
cat >slurm.conf <<CONF
ClusterName=snitt
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$base
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CryptoType=crypto/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool/%n
SlurmctldPidFile=$work/ctld.pid
SlurmdPidFile=$work/%n.pid
SlurmctldLogFile=$work/ctld.log
SlurmdLogFile=$work/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
JobRequeue=1
SlurmdTimeout=6
SlurmctldTimeout=10
KillWait=2
MinJobAge=30
SchedulerParameters=sched_interval=1,batch_sched_delay=0,sched_min_interval=100000
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((base + 1)) CPUs=1
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((base + 2)) CPUs=1
NodeName=n3 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((base + 3)) CPUs=1
PartitionName=main Nodes=ALL Default=YES State=UP OverSubscribe=NO
CONF
# Tasks are told apart without control groups (proctrack/linuxproc), which a container
# may not have.
echo CgroupPlugin=cgroup/v1 >cgroup.conf
SLURM_CONF=$work/slurm.conf
export SLURM_CONF
waited=0
while [ ! -S munge.socket ]; do
    waited=$((waited + 1))
    [ $waited -lt 50 ] || fail "munged does not start: $(cat munge.log)"
    sleep 0.2
done
slurmctld -D -f "$SLURM_CONF" >/dev/null 2>ctld.err &
daemons="$daemons $!"
for node in n1 n2 n3; do
    mkdir -p "spool/$node"
    slurmd -D -N $node -f "$SLURM_CONF" >/dev/null 2>"$node.err" &
    eval "pid_$node=$!"
    daemons="$daemons $!"
done
waited=0
while [ "$(sinfo -h -N -t idle -o %N 2>/dev/null | sort -u | wc -l)" -lt 3 ]; do
    waited=$((waited + 1))
    [ $waited -lt 150 ] || fail "the nodes do not come up: $(sinfo 2>&1; cat ./*.err)"
    sleep 0.2
done

# ---- the batch ----
"$snitt" model-year --store store >/dev/null 2>&1
cat >grid.yaml <<'YAML'
name: world
year: 2025
period: {from: 2025-01-01, to: 2025-02-20}
areas: [SE1, SE2, SE3, SE4, NO1, NO2, NO3, NO4, NO5, DK1, DK2, FI]
edges: [EE, LT, PL, DE-LU, NL]
configurations: {base: se4, compare: [se1]}
sources: {price: [model_year], load: [model_year], generation: [model_year], flow: [model_year], reservoir: [model_year]}
sweep:
  extra_load_mw.SE2: {from: 0, to: 1100, step: 100}
YAML
"$snitt" batch grid.yaml --store store -o cluster --engine slurm --partition main \
    --time 00:10:00 --max-jobs 6 >out 2>log &
batch=$!
waited=0
while [ "$(find cluster/cases -name '*.case' 2>/dev/null | wc -l)" -lt 1 ]; do
    waited=$((waited + 1))
    [ $waited -lt 600 ] || fail "no case comes: $(squeue 2>&1)"
    sleep 0.1
done
# The node dies, and all that runs on it.
running=$(squeue -h -t R -w n2 -o %A | head -1)
[ -n "$running" ] || fail "nothing runs on the node that is to die"
kill -9 "$pid_n2"
for step in $(pgrep -f "slurmstepd: \[$running" || true); do
    for child in $(pgrep -P "$step" || true); do
        kill -9 "$child" 2>/dev/null || true
    done
    kill -9 "$step" 2>/dev/null || true
done
wait $batch || fail "the batch on the cluster failed"
grep -q "12 cases: 12 from the cache, 0 worked out, 0 failed" log ||
    fail "cases were lost: $(cat log)"
sinfo -h -n n2 -o %t | grep -q "down" || fail "the node was not lost: $(sinfo)"

"$snitt" batch grid.yaml --store store -o local >/dev/null 2>>log
rm -r cluster/slurm
diff -r cluster local >/dev/null || fail "the cluster's bytes differ from the local ones"
"$snitt" batch grid.yaml --store store -o bad --engine slurm --partition nowhere \
    >/dev/null 2>log && fail "an unknown partition is no error"
grep -q "sbatch failed with exit code 1: .*partition" log || fail "$(cat log)"
echo ok
