#pragma once

#include <fairlead/model/common.hpp>
#include <fairlead/model/events.hpp>
#include <fairlead/model/extensions.hpp>
#include <fairlead/model/hosts.hpp>
#include <fairlead/model/images.hpp>
#include <fairlead/model/instances.hpp>
#include <fairlead/model/processes.hpp>
#include <fairlead/model/setup.hpp>

/// Every request, reply and event that crosses the plugin boundary, as a plain struct.
///
/// Each struct is one JSON object on the wire, member names as they stand here (model_json.hpp).
/// Absent members take the defaults given here and unknown members are ignored, so both sides may
/// grow. Strings are UTF-8. Times are RFC 3339 text as the engine gave them. Descriptors are named
/// by `FdRef`, the index into the call's descriptor array; bytes and secrets never travel in JSON.
namespace fairlead {}
