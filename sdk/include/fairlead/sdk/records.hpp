#pragma once

#include <fairlead/model/common.hpp>

#include <string>

/// What backends need that keep a list of their instances themselves.
namespace fairlead::sdk {

/// Whether `labels` pass one filter of a ListRequest: "key", or "key=value".
bool has_label(const Labels& labels, const std::string& filter);

/// The time now as RFC 3339 text, in UTC and to the nanosecond: later texts sort behind earlier
/// ones.
std::string rfc3339_now();

}  // namespace fairlead::sdk
