# SPDX-License-Identifier: Apache-2.0
"""Finds what records: the agent that is in this process already."""

import _codesnap as core
