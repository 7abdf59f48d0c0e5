#!/bin/sh
exec python api/main.py
