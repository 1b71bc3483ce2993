#pragma once

#include "image.hpp"
#include "store.hpp"

#include <fairlead/sdk/call.hpp>

namespace fairlead::testbed {

/// Throws unsupported for what a cluster-like runtime does not have: bind mounts, published ports,
/// raw arguments, privileges.
void refuse_unknown_manners(const CreateRequest& request);

/// Runs the first process of `record` in a fresh file system, under the id that `record.info` has.
/// `lock` is the store's; the new instance keeps it until it stands.
void run_instance(const Store& store, const Record& record, const Effective& effective,
                  UniqueFd lock, const sdk::Call& call);

/// TERM, `timeout_seconds`, KILL; returns when the end has been recorded.
/// Throws Error(cancelled) before the KILL when the core wants the call to end.
void end_instance(const Record& record, int timeout_seconds, const sdk::Call& call);

}  // namespace fairlead::testbed
