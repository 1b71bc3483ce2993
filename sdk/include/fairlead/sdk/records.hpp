#pragma once

#include <fairlead/model/common.hpp>

#include <ctime>
#include <string>

/// What backends need that keep a list of their instances themselves.
namespace fairlead::sdk {

/// Whether `labels` pass one filter of a ListRequest: "key", or "key=value".
bool has_label(const Labels& labels, const std::string& filter);

/// Seconds since 1970 as RFC 3339 text, in UTC: "2006-01-02T15:04:05Z".
std::string rfc3339(std::time_t seconds);

/// The time now as RFC 3339 text, in UTC and to the nanosecond: later texts sort behind earlier
/// ones.
std::string rfc3339_now();

}  // namespace fairlead::sdk
