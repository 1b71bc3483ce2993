#pragma once

#include <fairlead/backend.hpp>
#include <fairlead/core.hpp>

namespace fairlead {

/// As Backend::copy_in and copy_out; where the backend has no such operation, a relay inside packs
/// and unpacks, as root where the backend knows users. Throws what the backend or the relay's start
/// does, and "copy.archive" when the relay cannot read or write what it should.
void copy_in_any_way(const Core& core, Backend& backend, const CopyInRequest& request,
                     CallOptions options);
void copy_out_any_way(const Core& core, Backend& backend, const CopyOutRequest& request,
                      CallOptions options);

}  // namespace fairlead
